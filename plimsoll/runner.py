"""Subjects x rules -> results: what each rule says of what it is about, by the facts that it asks for."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plimsoll import engine, hushing, linting, waiving
from plimsoll.errors import (
    DependentError,
    LeftOutError,
    NotJudgedError,
    PlimsollError,
    UnreadableError,
    internal,
)
from plimsoll.facts.gathering import Facts, Store
from plimsoll.facts.image import origins
from plimsoll.facts.registry import Depth, depth_of
from plimsoll.facts.written import DIAGNOSTICS
from plimsoll.pairing import applies, asks, pairs, unknown
from plimsoll.say import say
from plimsoll.subject import Variant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from plimsoll.findings import Finding
    from plimsoll.pairing import Subject
    from plimsoll.rule import Rule
    from plimsoll.waivers import Standing
    from plimsoll.waiving import Spared

AT_ONCE = 6
"""Experiments that are under way together: they mostly wait, and each has a container that may take some memory."""

SILENCE = 4.0
"""Seconds after which a run says what is under way."""


@dataclass
class Result:
    """What one rule said of one subject.

    Attributes:
        rule: the rule.
        subject: the image or compose file, as people say it.
        findings: what it found; empty where the rule is kept.
        waived: why what else it found may be so, empty where nothing may.
        spared: what that is.
        known: how many findings are left out since they are known from a baseline.
        standing: the exceptions from it that are made for the subject.
        used: those of them, and of what other linters are told, that spared something.
        unjudged: why it could not be judged, empty where it was.
        in_part: why what a linter says on it is not known, though it has judged by all else; empty where it is.
        lacks: which linter that is.
        left_out: what would have it asked, or what has to be mended first; empty where it was.
        depends: the name of the rule whose finding keeps it from being judged.
        failed: whether that is a fault of somebody's: of the engine, a build, this program.
        unreadable: whether what is judged can't be read.
        fault: whether it is one of this program's own.
        folder: the folder that is judged; None for an image of which no more is known.
        file: the Dockerfile or compose file in it.
        line: of that file, where the subject begins.
        lines: of that file, which made what is at a place in the image, by the place; without those that are not known.

    """

    rule: Rule
    subject: str
    findings: list[Finding] = field(default_factory=list)
    waived: str = ""
    spared: list[Spared] = field(default_factory=list)
    known: int = 0
    standing: tuple[Standing, ...] = ()
    used: tuple[Standing, ...] = ()
    unjudged: str = ""
    in_part: str = ""
    lacks: str = ""
    left_out: str = ""
    depends: str = ""
    failed: bool = False
    unreadable: bool = False
    fault: bool = False
    folder: Path | None = None
    file: Path | None = None
    line: int = 1
    lines: dict[str, int] = field(default_factory=dict)


def facts_of(subject: Subject, store: Store | None = None) -> Facts:
    """What is known of a subject; some of it may be known from another of the same content."""
    return Facts({"subject" if isinstance(subject, Variant) else "composition": subject}, store)


def prepare(rules: Iterable[Rule], facts: Facts, at_once: int) -> None:
    """Gather side by side what rules want to know from containers, so many at once."""
    names = [name for rule in rules for name in rule.wants if depth_of(name) is Depth.RUN]
    facts.prepare(dict.fromkeys(names), at_once)


def judge(rule: Rule, subject: Subject, facts: Facts, *, by_text: bool = False) -> Result:
    """What one rule says of one subject; whatever goes wrong is told, and never looks like a clean verdict.

    Args:
        rule: the rule.
        subject: the subject.
        facts: what is known of it.
        by_text: without what BuildKit's linter would say beside hadolint, and so without an engine.

    """
    result = _nothing_said(rule, subject)
    try:
        values = [
            _diagnostics(rule, subject, facts, result, by_text=by_text)
            if name == DIAGNOSTICS
            else _own(rule, name, facts)
            for name in rule.wants
        ]
        said = rule.function(*values)
        found = [_shown(subject, finding) for finding in said]
    except LeftOutError as error:
        result.left_out = _words(subject, str(error))
    except NotJudgedError as error:
        result.unjudged = _words(subject, str(error))
        result.depends = error.rule if isinstance(error, DependentError) else ""
    except PlimsollError as error:
        result.unjudged, result.failed = _words(subject, str(error)), True
        result.unreadable = isinstance(error, UnreadableError)
    except Exception as error:  # noqa: BLE001 - a rule's fault must end no other rule
        told = engine.failure(error)
        result.unjudged, result.failed, result.fault = _words(subject, str(told or internal(error))), True, not told
    else:
        result.findings, result.spared = waiving.split(rule, subject, found)
        used = dict.fromkeys(each for one in result.spared for each in one.by)
        hushed = hushing.needed(rule, subject, values, said, used, by_text=by_text)
        result.used = (*used, *hushed)
        result.lines = _lines(rule, subject, facts, found)
        result.waived = "; ".join(dict.fromkeys(each.waiver.reason for each in used))
    return result


def _lines(rule: Rule, subject: Subject, facts: Facts, findings: Iterable[Finding]) -> dict[str, int]:
    """Which line of the Dockerfile made what was found in its image."""
    if not isinstance(subject, Variant) or subject.file is None or not asks(rule, "image"):
        return {}
    lineage = reversed(subject.dockerfile.lineage(subject.stage))
    steps = [(step.keyword, step.line) for stage in lineage for step in stage.instructions]
    image = facts.get("image")
    made = origins.lines(image, steps)
    told = {each.place: origins.line(image, made, each.place) for each in findings if each.place}
    return {place: line for place, line in told.items() if line}


def _nothing_said(rule: Rule, subject: Subject) -> Result:
    result = Result(rule, _words(subject, str(subject)), file=subject.file)
    result.standing = (*waiving.about(rule, subject), *hushing.about(rule, subject))
    if isinstance(subject, Variant):
        result.folder = subject.folder
        result.line = subject.stage.line if subject.file else 1
    else:
        result.folder = subject.file.parent
    return result


def _diagnostics(rule: Rule, subject: Subject, facts: Facts, result: Result, *, by_text: bool) -> list[tuple[str, str]]:
    """What linters say that belongs to a rule; what of it can't be had is noted in its result."""
    said, lacking = linting.said(rule, facts, by_text=by_text)
    for linter, error in lacking.items():
        result.in_part, result.lacks = _words(subject, str(error)), linter
        result.failed |= not isinstance(error, NotJudgedError)
        result.unreadable |= isinstance(error, UnreadableError)
    return said


def _own(rule: Rule, name: str, facts: Facts) -> object:
    """A fact as a rule is given it: of what BuildKit says, what belongs to it."""
    value = facts.get(name)
    return value(rule.name) if name == linting.BUILD_CHECKS else value


def _shown(subject: Subject, finding: Finding) -> Finding:
    return replace(finding, **{name: _words(subject, words) for name, words in vars(finding).items()})


def _words(subject: Subject, words: str) -> str:
    """Words with a subject's own name for an image that was built for this run only, under a name of this run."""
    if isinstance(subject, Variant) and subject.folder:
        words = words.replace(subject.image, str(subject))
    # A name in an image may be of other bytes than text, which no output takes.
    return words.encode(errors="replace").decode()


def read(rules: Iterable[Rule], subjects: Iterable[Subject]) -> list[Result]:
    """What rules that ask for nothing but text say of subjects: no engine is asked, and nothing is built."""
    by_subject: dict[int, list[tuple[Rule, Subject]]] = {}
    for rule, subject in pairs(rules, subjects):
        by_subject.setdefault(id(subject), []).append((rule, subject))
    results = []
    for chosen in by_subject.values():
        with facts_of(chosen[0][1]) as facts:
            results += [judge(rule, subject, facts, by_text=True) for rule, subject in chosen]
    return results


def unjudged(rules: Iterable[Rule], subjects: Iterable[Subject], reason: str) -> list[Result]:
    """What there is to say where all that rules ask for beside text can't be had, for one reason."""
    subjects = list(subjects)

    def may_apply(rule: Rule, subject: Subject) -> bool:
        return applies(rule, subject) or bool(unknown(rule, subject))

    results = [_nothing_said(rule, subject) for rule, subject in pairs(rules, subjects, may_apply)]
    return [
        replace(each, in_part=reason, lacks=linting.BUILDKIT)
        if linting.adds_checks(each.rule)
        else replace(each, unjudged=reason)
        for each in results
    ]


def run(rules: Iterable[Rule], subjects: Iterable[Subject], *, thorough: bool = True) -> list[Result]:
    """Judge subjects by all that rules ask for: the cheapest facts first, then what mostly waits side by side.

    Args:
        rules: those to judge by.
        subjects: what to judge.
        thorough: also by those that take their time.

    """
    rules, subjects = list(rules), list(subjects)
    results = [
        replace(_nothing_said(rule, subject), left_out=unknown(rule, subject))
        for rule, subject in pairs(rules, subjects, unknown)
    ]
    by_subject: dict[int, list[tuple[Rule, Subject]]] = {}
    for rule, subject in pairs(rules, subjects):
        if rule.thorough and not thorough:
            results.append(replace(_nothing_said(rule, subject), left_out="it takes its time, --thorough asks it too"))
            continue
        by_subject.setdefault(id(subject), []).append((rule, subject))
    images = sum(isinstance(chosen[0][1], Variant) for chosen in by_subject.values())
    store = Store() if images > 1 else None
    for chosen in by_subject.values():
        chosen.sort(key=lambda pair: pair[0].depth)
        subject = chosen[0][1]
        with facts_of(subject, store) as facts, _telling(subject, facts):
            own = [judge(rule, subject, facts) for rule, _ in chosen if rule.depth < Depth.RUN]
            last = [rule for rule, _ in chosen if rule.depth is Depth.RUN]
            prepare(last, facts, AT_ONCE)
            own += [judge(rule, subject, facts) for rule in last]
        results += _told_once(own)
    return results


def _told_once(results: list[Result]) -> list[Result]:
    """The results of one subject: without what a deeper look disproves, or another finding has said enough of."""
    judged = {each.rule.name for each in results if not (each.unjudged or each.left_out)}
    found = {each.rule.name for each in results if each.findings or each.waived}
    disproved = judged - found
    results = [
        replace(each, findings=[], waived="", spared=[], used=(), lines={})
        if each.rule.decided_by in disproved
        else each
        for each in results
    ]
    return [replace(each, left_out=each.unjudged, unjudged="") if each.depends in found else each for each in results]


@contextmanager
def _telling(subject: Subject, facts: Facts) -> Iterator[None]:
    """Say what is under way, whenever a few seconds have passed without a word."""
    done = threading.Event()

    def tell() -> None:
        while not done.wait(SILENCE):
            now = time.monotonic()
            names = [f"{name} ({now - begun:.0f} s)" for name, begun in dict(facts.under_way).items()]
            say(f"judging {subject}: {', '.join(names) or 'rules'}")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
