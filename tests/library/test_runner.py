"""Which rule judges what, and what comes of it: with rules and facts that are made up."""

import re
import threading
from collections import Counter

import pytest

from plimsoll import linting, pairing, runner
from plimsoll.composition import Composition
from plimsoll.errors import LeftOutError, NotJudgedError, PlimsollError, UnreadableError
from plimsoll.expectations import Expectations
from plimsoll.facts.registry import Depth
from plimsoll.findings import Finding
from plimsoll.rule import Level, Rule
from plimsoll.subject import Outcome, Variant

NEVER = 30
"""Seconds that nothing here takes: what waits this long waits for what never comes."""

BROKEN = Finding("here:1", "it is broken", "fix it")


def rule(*wants, function=lambda *_: [], name="is_well", **narrowed):
    """A rule that asks for facts; it finds nothing where nothing else is said."""
    return Rule(name, "made_up", "Why.", Level.WARNING, function, wants, **narrowed)


@pytest.fixture
def calls():
    """How often each fact was gathered, in the order of the first time."""
    return Counter()


@pytest.fixture
def facts(fact, calls):
    """One made-up fact of each depth, and two that can't be gathered."""

    @fact(Depth.TEXT)
    def dockerfile(subject):
        calls["dockerfile"] += 1
        return subject.dockerfile

    @fact(Depth.IMAGE)
    def built(subject):
        calls["built"] += 1
        return subject.image

    @fact(Depth.BUILD)
    def rebuilt(built):
        calls["rebuilt"] += 1
        return built

    @fact(Depth.RUN)
    def started(built):
        calls["started"] += 1
        yield built
        calls["ended"] += 1

    @fact(Depth.RUN)
    def broken(built):
        calls["broken"] += 1
        raise PlimsollError(f"no socket is left for {built}", "close some")

    @fact(Depth.IMAGE)
    def unknown(built):
        raise NotJudgedError(f"nobody knows {built}")


@pytest.fixture
def variant(tmp_path):
    """A function that makes an image of a folder's Dockerfile, and what is expected of it."""

    def make(name="prod", file="Dockerfile", expected=None, **attributes):
        (tmp_path / file).write_text("FROM scratch AS base\nFROM base AS prod\nCOPY . /\n")
        return Variant(
            app="app",
            name=name,
            image=f"made-for-a-test/app:{name}",
            folder=tmp_path,
            file=tmp_path / file,
            expectations=Expectations.model_validate(expected or {}),
            **attributes,
        )

    return make


@pytest.fixture
def composition(tmp_path):
    """A function that makes a compose file, part of a lesson where that is said."""

    def make(name="compose.yaml", lesson=""):
        (tmp_path / name).write_text("services: {}\n")
        return Composition(tmp_path / name, name, lesson)

    return make


SERVER = {"port": 8080}
DOES_NOT_START = {"variant": {"prod": {"does_not_start": "shown as people write it"}}}
NARROWED = {
    "production": [
        ({"name": "prod"}, True),
        *(({"name": name}, False) for name in ("single", "dev", "test", "debug")),
        ({"name": "alpine", "rung": True}, False),
        ({"name": "alpine"}, True),
        ({"name": "dev", "deployed": True}, True),
        ({"name": "prod", "deployed": False}, False),
    ],
    "started": [({"name": "prod"}, True), ({"name": "test"}, False), ({"name": "prod", "starts": False}, False)],
    "serves": [
        ({"expected": SERVER}, True),
        ({}, False),
        ({"expected": {**SERVER, "serves": False}}, False),
        ({"expected": {**SERVER, "variant": {"prod": {"serves": False}}}}, False),
        ({"expected": {**SERVER, "serves": False, "variant": {"prod": {"serves": True}}}}, True),
        ({"expected": {**SERVER, **DOES_NOT_START}}, False),
        ({"expected": SERVER, "name": "test"}, False),
        ({"expected": SERVER, "starts": False}, False),
    ],
    "endpoints": [
        ({"expected": {"endpoint": [{"path": "/"}]}}, True),
        ({"expected": {"endpoint": [{"path": "/", "variants": ["dev"]}]}}, False),
        ({}, False),
    ],
    "environment": [({"expected": {"environment": {"A": "b"}}}, True), ({}, False)],
    "budget": [
        ({"expected": {"variant": {"prod": {"max_size": "1 MB"}}}}, True),
        ({"expected": {"variant": {"dev": {"max_size": "1 MB"}}}}, False),
    ],
}
CASES = [(narrowed, *case) for narrowed, cases in NARROWED.items() for case in cases]


@pytest.mark.parametrize(("narrowed", "attributes", "judged"), CASES)
def test_a_rule_that_is_narrowed_judges_only_that(variant, narrowed, attributes, judged):
    subject = variant(**attributes)
    assert pairing.applies(rule("subject", **{narrowed: True}), subject) is judged
    assert pairing.applies(rule("subject"), subject)


@pytest.mark.parametrize(("uses", "judged"), [("context", True), ("commands", False), ("secrets", False)])
def test_a_rule_about_a_kind_of_build_judges_only_what_makes_use_of_it(variant, uses, judged):
    assert pairing.applies(rule("subject", uses=(uses,)), variant()) is judged
    assert not pairing.applies(rule("subject", uses=(uses, "commands")), variant())


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("wants", "attributes", "judged"),
    [
        ("started", {}, True),
        ("started", {"name": "test"}, False),
        ("started", {"expected": DOES_NOT_START}, False),
        ("built", {"name": "test"}, True),
        ("built", {"expected": DOES_NOT_START}, True),
        ("rebuilt", {"outcome": Outcome(error="no such file")}, False),
        ("dockerfile", {"outcome": Outcome(error="no such file")}, True),
        ("subject", {"outcome": Outcome(error="no such file")}, True),
        # Why it can't be built here, the fact tells.
        ("rebuilt", {"outcome": Outcome(unbuildable="base x can't be had")}, True),
        ("composition", {}, False),
    ],
)
def test_what_a_rule_asks_for_narrows_it_too(variant, wants, attributes, judged):
    assert pairing.applies(rule(wants), variant(**attributes)) is judged


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(("wants", "judged"), [("dockerfile", False), ("built", True), ("subject", True)])
def test_an_image_without_sources_has_no_dockerfile_to_judge(wants, judged):
    assert pairing.applies(rule(wants), Variant("somebody/app:1", "1", "somebody/app:1")) is judged


@pytest.mark.parametrize(
    ("name", "lesson", "production"),
    [
        ("compose.yaml", "", False),
        ("compose.prod.yaml", "", True),
        ("bad.compose.yaml", "production_services_restart", True),
        ("bad.compose.yaml", "publishes_on_loopback_only", False),
    ],
)
def test_only_rules_about_compose_files_judge_one(composition, name, lesson, production):
    subject = composition(name, lesson)
    assert pairing.applies(rule("composition"), subject)
    assert pairing.applies(rule("composition", production=True), subject) is production
    assert not pairing.applies(rule("subject"), subject)


@pytest.mark.usefixtures("facts")
def test_a_dockerfile_is_judged_once_however_many_images_it_builds(variant, composition):
    images = [variant("dev"), variant("slim", "slim.Dockerfile"), variant("prod"), variant("test")]
    text, through, image, compose = (
        rule("dockerfile"),
        rule("subject", "dockerfile"),
        rule("built"),
        rule("composition"),
    )
    judged = [*pairing.pairs([text, image, through, compose], [*images, composition()])]
    names = [(each.wants, str(subject)) for each, subject in judged]
    assert [name for wants, name in names if wants == ("built",)] == ["app:dev", "app:slim", "app:prod", "app:test"]
    assert [name for wants, name in names if wants == ("dockerfile",)] == ["app:slim", "app:test"]
    assert [name for wants, name in names if wants == ("subject", "dockerfile")] == ["app:slim", "app:test"]
    assert names[-1] == (("composition",), "compose.yaml")
    assert [name for _, name in names] == sorted(
        (name for _, name in names), key=[*map(str, images), names[-1][1]].index
    )


def judged(subject, *wants, function=lambda *_: [BROKEN]):
    """What comes of one rule."""
    with runner.facts_of(subject) as facts:
        return runner.judge(rule(*wants, function=function), subject, facts)


@pytest.mark.usefixtures("facts")
def test_what_is_found_is_told(variant):
    subject = variant()
    result = judged(subject, "subject", "built", function=lambda *given: [BROKEN] * len(given))
    assert result.findings == [BROKEN, BROKEN]
    assert (result.unjudged, result.waived, result.failed, result.fault) == ("", "", False, False)
    assert (result.subject, result.folder, result.file, result.line) == ("app:prod", subject.folder, subject.file, 2)


def test_what_is_found_in_a_compose_file_is_told(composition):
    subject = composition(lesson="restart")
    result = judged(subject, "composition", function=lambda given: [Finding("", given.name, "fix it")])
    assert result.findings == [Finding("", "compose.yaml", "fix it")]
    assert (result.folder, result.file, result.line) == (subject.file.parent, subject.file, 1)


def test_what_keeps_a_rule_is_told_nothing(variant):
    result = judged(variant(), "subject", function=lambda _: [])
    assert (result.findings, result.unjudged, result.waived, result.failed) == ([], "", "", False)


@pytest.mark.parametrize("name", ["is_well", "made_up.is_well"])
@pytest.mark.parametrize(("function", "waived"), [(lambda _: [BROKEN], "for a good reason"), (lambda _: [], "")])
def test_what_is_waived_is_told_with_its_reason_where_it_is_broken(variant, name, function, waived):
    subject = variant(expected={"variant": {"prod": {"waive": {name: "for a good reason"}}}})
    result = judged(subject, "subject", function=function)
    assert (result.waived, result.findings, result.unjudged) == (waived, [], "")


def test_what_another_rule_is_waived_for_does_not_count(variant):
    subject = variant(expected={"variant": {"prod": {"waive": {"is_small": "for a good reason"}}}})
    result = judged(subject, "subject")
    assert (result.waived, result.findings) == ("", [BROKEN])


def raising(error, *words):
    def function(*_):
        raise error(*words)

    return function


def too_few():
    return []


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("wants", "function", "why", "failed"),
    [
        ("subject", raising(NotJudgedError, "nobody knows app:prod"), "nobody knows app:prod", False),
        ("unknown", raising(AssertionError, "is never asked"), "nobody knows app:prod", False),
        ("subject", raising(PlimsollError, "it is gone", "start it"), "it is gone: start it", True),
        ("broken", raising(AssertionError, "is never asked"), "no socket is left for app:prod: close some", True),
    ],
    ids=["rule, not judged", "fact, not judged", "rule, failed", "fact, failed"],
)
def test_what_can_not_be_judged_says_why(variant, wants, function, why, failed):
    result = judged(variant(), wants, function=function)
    assert (result.unjudged, result.failed, result.fault, result.findings) == (why, failed, False, [])


FAULTS = {
    "KeyError, 'no such layer'": raising(KeyError, "no such layer"),
    "AssertionError": raising(AssertionError),
    "OSError, [Errno 28] No space left on device": raising(OSError, 28, "No space left on device"),
    "RecursionError, deep": raising(RecursionError, "deep"),
    "TypeError, 'NoneType' object is not iterable": lambda _: None,
    "TypeError, vars() argument must have __dict__ attribute": lambda _: ["a sentence"],
    "TypeError, too_few() takes 0 positional arguments but 1 was given": too_few,
}


@pytest.fixture(params=[{}, {"is_well": "for a good reason"}], ids=["not waived", "waived"])
def subject(request, variant):
    """An image, of which the rule is waived or not."""
    return variant(expected={"variant": {"prod": {"waive": request.param}}})


@pytest.mark.parametrize("words", FAULTS)
def test_a_fault_of_ours_is_never_a_clean_verdict(subject, monkeypatch, tmp_path, words):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = judged(subject, "subject", function=FAULTS[words])
    assert (result.failed, result.fault, result.findings, result.waived) == (True, True, [], "")
    (file,) = tmp_path.glob("*.txt")
    assert result.unjudged == f"internal error, {words}: report it with the file {file}"
    assert "Traceback (most recent call last)" in file.read_text()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_is_not_a_verdict(variant, error):
    with pytest.raises(error):
        judged(variant(), "subject", function=raising(error))


def test_an_image_of_this_run_is_called_by_its_own_name_and_bytes_that_are_not_text_are_passed_over(variant):
    subject = variant()
    place, what = f"{subject.image} /a", f"\udcff in {subject.image}"
    (finding,) = judged(subject, "subject", function=lambda _: [Finding(place, what, "fix it")]).findings
    assert finding == Finding("app:prod /a", "? in app:prod", "fix it")


@pytest.mark.usefixtures("facts")
def test_a_run_asks_for_what_is_cheap_first_gathers_it_once_and_ends_it(variant, calls):
    given = [rule("started", "built"), rule("rebuilt"), rule("dockerfile"), rule("started"), rule("built")]
    results = runner.run(given, [variant()])
    assert [each.rule.wants[0] for each in results] == ["dockerfile", "built", "rebuilt", "started", "started"]
    assert list(calls.items()) == [(each, 1) for each in ("dockerfile", "built", "rebuilt", "started", "ended")]


@pytest.mark.usefixtures("facts")
def test_a_run_gathers_only_what_a_rule_asks_for(variant, calls):
    runner.run([rule("subject"), rule("dockerfile")], [variant()])
    assert calls == {"dockerfile": 1}


@pytest.mark.usefixtures("facts")
def test_what_can_not_be_gathered_leaves_unjudged_what_wants_it_and_nothing_else(variant, calls):
    given = [rule("broken", name="one"), rule("started", name="two"), rule("broken", "started", name="three")]
    results = {each.rule.name: each for each in runner.run(given, [variant()])}
    assert {name: each.unjudged for name, each in results.items()} == {
        "one": "no socket is left for app:prod: close some",
        "two": "",
        "three": "no socket is left for app:prod: close some",
    }
    assert calls["broken"] == calls["started"] == calls["ended"] == 1


@pytest.mark.usefixtures("facts")
def test_a_run_says_the_same_as_rule_by_rule_and_every_subject_is_judged_apart(variant, composition):
    given = [
        rule("started", function=lambda name: [Finding("", name, "fix it")], name="one"),
        rule("broken", name="two"),
        rule("built", function=raising(NotJudgedError, "unknown"), name="three"),
        rule("composition", function=lambda _: [BROKEN], name="four"),
    ]
    subjects = [variant("prod"), variant("dev"), composition(lesson="restart")]
    single = [judged_by(each, subject) for each, subject in pairing.pairs(given, subjects)]
    together = [(each.rule.name, each.subject, each.findings, each.unjudged) for each in runner.run(given, subjects)]
    assert len(together) == 7
    assert sorted(together, key=str) == sorted(single, key=str)


def judged_by(each, subject):
    with runner.facts_of(subject) as facts:
        result = runner.judge(each, subject, facts)
        return each.name, result.subject, result.findings, result.unjudged


def test_a_run_that_takes_long_says_what_is_under_way(fact, variant, monkeypatch):
    told, heard = [], threading.Event()

    def say(words):
        told.append(words)
        if re.fullmatch(r"judging app:prod: slow \(\d+ s\)", words):
            heard.set()

    @fact(Depth.TEXT)
    def slow():
        assert heard.wait(NEVER), f"only {told} was said"

    monkeypatch.setattr(runner, "SILENCE", 0.01)
    monkeypatch.setattr(runner, "say", say)
    (result,) = runner.run([rule("slow")], [variant()])
    assert result.unjudged == ""
    said = len(told)
    assert not threading.Event().wait(0.1)
    assert len(told) == said, "it goes on after the end"


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("deeper", "found"),
    [
        ({"wants": ("built",)}, 0),
        ({"wants": ("built",), "function": lambda *_: [BROKEN]}, 1),
        ({"wants": ("broken",)}, 1),
        ({"wants": ("built",), "thorough": True}, 1),
    ],
)
def test_a_deeper_look_takes_back_what_it_disproves(variant, deeper, found):
    shallow = rule("dockerfile", function=lambda *_: [BROKEN], name="begins_well", decided_by="goes_well")
    narrowed = {name: value for name, value in deeper.items() if name != "wants"}
    results = runner.run([shallow, rule(*deeper["wants"], name="goes_well", **narrowed)], [variant()], thorough=False)
    assert len(next(each.findings for each in results if each.rule is shallow)) == found


def test_what_takes_its_time_is_asked_on_demand_and_told_otherwise(variant):
    slow = rule("dockerfile", name="is_slow", thorough=True)
    left, asked = runner.run([slow, rule("dockerfile")], [variant()], thorough=False)
    assert (left.rule, left.left_out, left.unjudged) == (slow, "it takes its time, --thorough asks it too", "")
    assert asked.left_out == ""
    assert [each.left_out for each in runner.run([slow], [variant()])] == [""]


def test_what_would_have_a_rule_judge_is_told(variant):
    about_servers = rule("subject", name="stops", serves=True)
    about_endpoints = rule("subject", name="answers", serves=True, endpoints=True)
    rules = [about_servers, about_endpoints, rule("subject", name="misses", environment=True)]
    told = {each.rule.name: each.left_out for each in runner.run(rules, [variant()])}
    assert told == dict.fromkeys(("stops", "answers"), "no port of it is known: EXPOSE, or `port` in plimsoll.toml")
    told = {each.rule.name: each.left_out for each in runner.run(rules, [variant(expected=SERVER)])}
    assert told == {"stops": "", "answers": "no [[endpoint]] of it stands in plimsoll.toml"}


@pytest.mark.parametrize("expected", [{"serves": False}, {**SERVER, "variant": {"prod": {"serves": False}}}])
def test_of_what_is_no_server_nothing_is_missed(variant, expected):
    assert runner.run([rule("subject", serves=True, endpoints=True)], [variant(expected=expected)]) == []


def test_nothing_is_looked_for_in_a_dockerfile_that_is_not_there():
    image = Variant("", "image", "made-for-a-test/app:1")
    assert pairing.unknown(rule("context", serves=True), image) == ""
    assert pairing.unknown(rule("image", serves=True, endpoints=True), image).startswith("no port of it is known")


def test_a_rule_that_finds_nothing_to_ask_is_left_out(variant):
    def ask(_):
        raise LeftOutError("it answers at once: give it an [[endpoint]]")

    (result,) = runner.run([rule("subject", function=ask)], [variant()])
    assert (result.left_out, result.unjudged, result.failed) == (
        "it answers at once: give it an [[endpoint]]",
        "",
        False,
    )


LINTERS = [
    (True, [("f:1", "DL4000, old")], {}),
    (False, [("f:1", "DL4000, old"), ("f:2", "MaintainerDeprecated, old")], {}),
]


@pytest.mark.parametrize(("by_text", "found", "lacking"), LINTERS, ids=["text", "all"])
def test_buildkit_is_heard_where_hadolint_is_silent(fact, variant, by_text, found, lacking):
    @fact(Depth.TEXT)
    def diagnostics():
        return lambda _: [("f:1", "DL4000, old")]

    @fact(Depth.IMAGE)
    def build_checks():
        return lambda _: [("f:1", "MaintainerDeprecated, old"), ("f:2", "MaintainerDeprecated, old")]

    both = rule("diagnostics", name="uses_nothing_deprecated")
    with runner.facts_of(variant()) as facts:
        assert linting.said(both, facts, by_text=by_text) == (found, lacking)


@pytest.mark.parametrize(
    ("error", "failed", "unreadable"), [(NotJudgedError, False, False), (UnreadableError, True, True)]
)
def test_a_rule_that_a_linter_can_not_be_asked_for_is_judged_in_part(fact, variant, error, failed, unreadable):
    @fact(Depth.TEXT)
    def diagnostics():
        return lambda _: [("f:1", "DL4000, old")]

    @fact(Depth.IMAGE)
    def build_checks():
        raise error(*(["nobody knows"] if error is NotJudgedError else ["it is binary", "write text"]))

    both = rule("diagnostics", name="uses_nothing_deprecated", function=lambda said: [BROKEN] * len(said))
    (result,) = runner.run([both], [variant()])
    assert (result.findings, result.unjudged, result.lacks) == ([BROKEN], "", "BuildKit's own checks")
    assert result.in_part in {"nobody knows", "it is binary: write text"}
    assert (result.failed, result.unreadable) == (failed, unreadable)
    (by_text,) = runner.read([both], [variant()])
    assert (by_text.findings, by_text.in_part, by_text.failed) == ([BROKEN], "", False)
