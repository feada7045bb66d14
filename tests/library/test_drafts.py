"""A first plimsoll.toml as text: whatever was measured, what reads the file understands it alike."""

import tomllib

import pytest

from plimsoll.commands import init
from plimsoll.commands.draft import Draft, Measured, written
from plimsoll.commands.init import _folders
from plimsoll.commands.options import Options
from plimsoll.expectations import Endpoint, Expectations
from plimsoll.facts.run import discovery
from plimsoll.findings import Finding
from plimsoll.rule import rule_named
from plimsoll.runner import Result

ODD = ['a "quoted" \\ word', "two\nlines\ttab", "ñandú 🐦", "\x7f\x01", "", "# no comment", "a.b = [1]"]


def read(draft):
    return Expectations.model_validate(tomllib.loads(written(draft)))


def test_what_was_measured_is_read_alike():
    promised = [
        Endpoint(path="/"),
        Endpoint.model_validate({"path": "/healthz", "json": {"status": "ok", "n": [1, 2.5, True, {"a": []}]}}),
        Endpoint(path="/x", status=204, content_type="text/html", variants=["prod"]),
    ]
    given = Draft(
        port=8080,
        environment={"MODE": "test"},
        writable=("/var/lib/app",),
        endpoints=tuple(promised),
        variants=(Measured("prod", 8_123_456, ("/app/server",)), Measured("my.stage", 10, (), 81, 512_000_000)),
    )
    found = read(given)
    assert (found.port, found.environment, found.writable) == (8080, {"MODE": "test"}, ["/var/lib/app"])
    assert found.endpoint == promised
    assert found.variant["prod"].static == ["/app/server"]
    assert (found.variant["my.stage"].memory, found.variant["my.stage"].port) == (512_000_000, 81)


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 19_999, 1_234_567, 999_999_999, 12_345_678_901])
def test_a_budget_is_what_it_weighs_and_a_twentieth_more(size):
    budget = read(Draft(variants=(Measured("prod", size),))).variant["prod"].max_size
    assert size <= budget
    assert budget == pytest.approx(size * 1.05, rel=0.006, abs=1)


@pytest.mark.parametrize("word", ODD)
def test_odd_words_are_escaped(word):
    told = Draft(
        environment={"A": word, word: "B"},
        endpoints=(Endpoint.model_validate({"path": "/", "json": {word: [word]}}),),
        variants=(Measured(word, 1),),
    )
    found = read(told)
    assert found.environment == {"A": word, word: "B"}
    assert found.endpoint[0].answer == {word: [word]}
    assert list(found.variant) == [word]


def test_what_is_in_doubt_is_a_comment():
    doubted = Draft(port=80, endpoints=(Endpoint(path="/"),), variants=(Measured("prod", 1),), doubts="Mend that.")
    text = written(doubted)
    assert '\n# Mend that.\n#\n# [[endpoint]]\n# path = "/"\n' in text
    assert read(doubted).endpoint == []
    assert list(read(doubted).variant) == ["prod"]


def test_nothing_measured_is_valid_too():
    assert read(Draft()) == Expectations()


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ({"status": "ok"}, True),
        ([1, True, {"a": "b"}], True),
        ({}, True),
        ({"a": None}, False),
        ([[None]], False),
        ({"a": float("inf")}, False),
        ({"a": "\ud800"}, False),
        ("ok", False),
        (1, False),
        (None, False),
    ],
)
def test_an_answer_is_promised_word_for_word_where_toml_can_tell_it(said, plain):
    assert discovery._is_plain(said) == plain


def test_folders_are_named_once():
    paths = ["/var/lib/app/a", "/var/lib/app/b", "/var/lib/app/deep/c", "/var/lib/apple", "/top"]
    assert _folders(paths) == ("/var/lib",)
    assert _folders(["/srv/a/x", "/srv/ab/y"]) == ("/srv/a", "/srv/ab")
    assert _folders([]) == ()


@pytest.mark.parametrize(
    ("held", "bare", "again", "doubts"),
    [
        ([], [], None, False),
        (["answers_its_endpoints"], [], {"answers_its_endpoints"}, True),
        (["has_no_shell"], ["has_no_shell"], {"has_no_shell"}, False),
        (
            ["has_no_shell", "answers_its_endpoints"],
            ["has_no_shell", "stops_when_told"],
            {"has_no_shell", "answers_its_endpoints"},
            True,
        ),
    ],
)
def test_images_are_judged_once_and_again_only_by_what_they_break(monkeypatch, held, bare, again, doubts):
    asked = []

    def run(rules, _, **__):
        asked.append({each.name for each in rules})
        broken = held if len(asked) == 1 else bare
        found = [Finding("", "it is broken", "fix")]
        return [Result(rule_named(name), "app:prod", found) for name in broken if name in asked[-1]]

    monkeypatch.setattr(init.runner, "run", run)
    found = init._held(Draft(variants=(Measured("prod", 1),)), [], Options())
    assert len(asked[0]) > 40
    assert asked[1:] == ([again] if again else [])
    assert bool(found.doubts) == doubts
    assert "has_no_shell" not in found.doubts
