"""What an image must say of itself, and what it need not, since its configuration says it anyway."""

import pytest

from plimsoll.findings import BrokenRuleError
from tests.rules import test_metadata

SAID = {
    "title": "beacon",
    "version": "1.4.0",
    "revision": "5f2c9a1be07d4386a1c0f4d27e9b8365c1d0a4f2",
    "source": "https://example.test/beacon",
    "licenses": "MIT",
}


@pytest.fixture
def judge(made):
    """Judge an image of these labels."""

    def judge(labels):
        named = {test_metadata.LABEL + name: value for name, value in labels.items()}
        test_metadata.test_has_useful_labels(made.imagined(config={"Labels": named}))

    return judge


def test_when_it_was_made_needs_no_label(judge):
    judge(SAID)


@pytest.mark.parametrize("missing", SAID)
def test_what_only_a_label_says_is_missed(judge, missing):
    with pytest.raises(BrokenRuleError, match=f"no label {test_metadata.LABEL}{missing}"):
        judge({name: value for name, value in SAID.items() if name != missing})


def test_a_time_that_is_told_all_the_same_is_one(judge):
    judge({**SAID, "created": "2026-11-02T08:15:00Z"})
    with pytest.raises(BrokenRuleError, match="created is 'last Friday'"):
        judge({**SAID, "created": "last Friday"})
