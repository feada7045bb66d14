"""What keeps a rule from finding something is told where nothing needs it: what is allowed, what linters are told."""

from dataclasses import replace

import pytest

from plimsoll import expectations, runner, waiving
from plimsoll.errors import NotJudgedError
from plimsoll.facts.text import linters
from plimsoll.findings import Finding
from plimsoll.rule import Level, Rule, every_rule
from plimsoll.rules.image.contents import ALLOWING
from plimsoll.subject import Variant

DOCKERFILE = "FROM debian:trixie-slim AS prod\nRUN cd /srv && make\n"


@pytest.fixture
def variant(tmp_path):
    def make(toml="", text=DOCKERFILE):
        file = tmp_path / "Dockerfile"
        file.write_text(text)
        (tmp_path / "plimsoll.toml").write_text(toml)
        return Variant("app", "prod", "app:1", tmp_path, file, "prod", expectations=expectations.read(tmp_path))

    return make


def looking_for(name, *programs):
    """A rule of that name, which finds these programs unless they are allowed."""

    def function(subject):
        return [Finding(f"/bin/{each}", each, "fix") for each in programs if each not in subject.expected.allow]

    return Rule(name, "image", "Why.", Level.WARNING, function, ("subject",))


def told(subject, rules):
    return waiving.remarks(runner.run(rules, [subject]))


@pytest.mark.parametrize(
    ("toml", "place"),
    [('allow = ["git", "curl"]', ""), ('[variant.prod]\nallow = ["git", "curl"]', " [variant.prod]")],
)
def test_a_program_that_is_allowed_and_not_there_is_told(variant, toml, place):
    subject = variant(toml)
    rules = [looking_for(name, *["git"] * (name == "has_no_build_tools")) for name in ALLOWING]
    (line,) = told(subject, rules)
    assert (
        line == f"{subject.folder}/plimsoll.toml{place} allows `curl`, which nothing that was judged has: take it out"
    )
    assert [each.findings for each in runner.run(rules, [subject])] == [[]] * len(ALLOWING)


def test_it_is_needed_by_one_image_of_several(variant):
    subject = variant('allow = ["git"]')
    other = replace(subject, image="app:2", app="other")
    there = Rule(
        *("has_no_shell", "image", "Why.", Level.NOTE),
        lambda subject: (
            [] if subject.app == "app" or "git" in subject.expected.allow else [Finding("/g", "git", "fix")]
        ),
        ("subject",),
    )
    rules = [looking_for(name) for name in ALLOWING if name != "has_no_shell"] + [there]
    assert waiving.remarks(runner.run(rules, [subject, other])) == []
    assert len(waiving.remarks(runner.run(rules, [subject]))) == 1


def test_what_was_not_judged_by_all_that_heed_it_is_not_told(variant):
    subject = variant('allow = ["git"]')
    some = [looking_for(name) for name in ALLOWING[1:]]
    assert told(subject, some) == []

    def function(_):
        raise NotJudgedError("no engine answers")

    assert told(subject, [*some, Rule(ALLOWING[0], "image", "Why.", Level.WARNING, function, ("subject",))]) == []
    assert len(told(subject, [*some, looking_for(ALLOWING[0])])) == 1


def by_text(subject):
    return waiving.remarks(runner.read([each for each in every_rule().values() if each.of_text], [subject]))


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("# hadolint ignore=DL3008", ["DL3008"]),
        ("# hadolint ignore=DL3003", []),
        ("# hadolint ignore=DL3003,SC2086", ["SC2086"]),
        ("# hadolint ignore=SC2164", ["SC2164"]),
        ("# hadolint ignore=DL9999", ["DL9999"]),
        ("# hadolint shell=/bin/sh", []),
        ("# what hadolint would ignore", []),
    ],
)
def test_what_hadolint_is_told_to_ignore_and_would_not_say_is_told(variant, comment, codes):
    subject = variant(text=DOCKERFILE.replace("RUN", f"{comment}\nRUN"))
    assert by_text(subject) == [
        f"{subject.file}:3 tells hadolint to ignore {code}, which is silent there by itself: take it out"
        for code in codes
    ]


@pytest.mark.parametrize(("code", "lines"), [("DL3003", 0), ("DL3059", 1)])
def test_so_is_what_it_is_told_for_the_whole_file(variant, code, lines):
    subject = variant(text=f"# hadolint global ignore={code}\n{DOCKERFILE}")
    assert len(by_text(subject)) == lines


@pytest.mark.parametrize("code", ["DL3025", "DL3002", "DL3009"])
def test_what_an_image_or_buildkit_may_need_is_not_told_by_the_text(variant, code):
    assert by_text(variant(text=DOCKERFILE.replace("RUN", f"# hadolint ignore={code}\nRUN"))) == []


@pytest.mark.parametrize(
    ("skipped", "silent"),
    [
        ("FromAsCasing", []),
        ("StageNameCasing", ["StageNameCasing"]),
        ("all", []),
        ("FromAsCasing,UndefinedVar", ["UndefinedVar"]),
    ],
)
def test_what_buildkit_is_told_to_skip_and_would_not_say_is_told(variant, monkeypatch, skipped, silent):
    monkeypatch.setattr(
        linters.buildkit, "check", lambda *_: ([linters.buildkit.Remark(2, "", "FromAsCasing", "")], ())
    )
    subject = variant(text=f"# check=skip={skipped};error=true\n{DOCKERFILE}")
    names = {linters.owner(each) for each in ("FromAsCasing", "StageNameCasing", "UndefinedVar", "all")}
    facts = runner.facts_of(subject)
    results = [runner.judge(every_rule()[each], subject, facts) for each in sorted(names)]
    assert waiving.remarks(results) == [
        f"{subject.file}:1 tells BuildKit to skip {code}, which is silent there by itself: take it out"
        for code in silent
    ]
