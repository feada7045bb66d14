"""What an image must say of itself, and what it need not, since its configuration says it anyway."""

import pytest

from plimsoll.rules.image import metadata

SAID = {
    "title": "beacon",
    "version": "1.4.0",
    "revision": "5f2c9a1be07d4386a1c0f4d27e9b8365c1d0a4f2",
    "source": "https://example.test/beacon",
    "licenses": "MIT",
}


@pytest.fixture
def judge(made):
    """What is found in an image of these labels."""

    def judge(labels):
        named = {metadata.LABEL + name: value for name, value in labels.items()}
        return [each.found for each in metadata.has_useful_labels(made.imagined(config={"Labels": named}))]

    return judge


def test_when_it_was_made_needs_no_label(judge):
    assert judge(SAID) == []


@pytest.mark.parametrize("missing", SAID)
def test_what_only_a_label_says_is_missed(judge, missing):
    (found,) = judge({name: value for name, value in SAID.items() if name != missing})
    assert found == f"it has no label {metadata.LABEL}{missing}"


def test_a_time_that_is_told_all_the_same_is_one(judge):
    assert judge({**SAID, "created": "2026-11-02T08:15:00Z"}) == []
    (found,) = judge({**SAID, "created": "last Friday"})
    assert "created is 'last Friday'" in found
