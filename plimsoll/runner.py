"""Subjects x rules -> results: which rule judges what, with which facts, and what it says."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from plimsoll import engine, waiving
from plimsoll.errors import DependentError, LeftOutError, NotJudgedError, PlimsollError, internal
from plimsoll.facts.build import context as contexts
from plimsoll.facts.build import rebuild
from plimsoll.facts.catalogue import DIAGNOSTICS
from plimsoll.facts.gathering import Facts, Store
from plimsoll.facts.image import origins
from plimsoll.facts.registry import FACTS, Depth, depth_of
from plimsoll.say import say
from plimsoll.subject import Variant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from plimsoll.composition import Composition
    from plimsoll.findings import Finding
    from plimsoll.rule import Rule
    from plimsoll.waivers import Standing

    Subject = Variant | Composition

SILENCE = 4.0
"""Seconds after which a run says what is under way."""


AT_ONCE = 6
"""Experiments that are under way together: they mostly wait, and each has a container that may take some memory."""


@dataclass
class Result:
    """What one rule said of one subject.

    Attributes:
        rule: the rule.
        subject: the image or compose file, as people say it.
        findings: what it found; empty where the rule is kept.
        known: how many findings are left out since they are known from a baseline.
        waived: why what else it found may be so, empty where nothing may.
        standing: the exceptions from it that are made for the subject.
        used: those of them, and of what other linters are told, that spared something.
        unjudged: why it could not be judged, empty where it was.
        left_out: what would have it asked, or what has to be mended first; empty where it was.
        depends: the name of the rule whose finding keeps it from being judged.
        failed: whether that is a fault of somebody's: of the engine, a build, this program.
        fault: whether it is one of this program's own.
        folder: the folder that is judged; None for an image of which no more is known.
        file: the Dockerfile or compose file in it.
        line: of that file, where the subject begins.
        lines: of that file, which made what is at a place in the image, by the place; without those that are not known.

    """

    rule: Rule
    subject: str
    findings: list[Finding] = field(default_factory=list)
    known: int = 0
    waived: str = ""
    standing: tuple[Standing, ...] = ()
    used: tuple[Standing, ...] = ()
    unjudged: str = ""
    left_out: str = ""
    depends: str = ""
    failed: bool = False
    fault: bool = False
    folder: Path | None = None
    file: Path | None = None
    line: int = 1
    lines: dict[str, int] = field(default_factory=dict)


def applies(rule: Rule, subject: Subject) -> bool:
    """Whether a rule is about a subject at all."""
    if rule.production and not subject.production:
        return False
    if not isinstance(subject, Variant):
        return "composition" in rule.wants
    return "composition" not in rule.wants and all(holds for holds, _ in _demands(rule, subject))


def unknown(rule: Rule, subject: Subject) -> str:
    """What is not known of an image, and would have a rule judge it; empty where it would not all the same."""
    if not isinstance(subject, Variant) or "composition" in rule.wants:
        return ""
    if rule.production and not subject.production:
        return ""
    wanting = ""
    for holds, words in _demands(rule, subject):
        if not holds and not words:
            return ""
        wanting = wanting or ("" if holds else words)
    return wanting


def _demands(rule: Rule, subject: Variant) -> Iterator[tuple[bool, str]]:
    """Whether each thing holds that a rule demands of an image, and what would let it; what costs more comes last."""
    expected = subject.expected
    starts = subject.started and not expected.does_not_start
    yield starts or rule.depth is not Depth.RUN, ""
    # That it does not build is what the rule about it says.
    yield not (subject.has_no_image and asks(rule, "built")), ""
    yield subject.file is not None or not asks(rule, "dockerfile"), ""
    yield subject.started or not rule.started, ""
    yield (starts and expected.serves) or not rule.serves, ""
    yield bool(expected.port) or not rule.serves, "no port of it is known: EXPOSE, or `port` in plimsoll.toml"
    yield bool(subject.endpoints) or not rule.endpoints, "no [[endpoint]] of it stands in plimsoll.toml"
    yield bool(expected.environment) or not rule.environment, ""
    yield expected.max_size is not None or not rule.budget, ""
    yield "context" not in rule.wants or bool(contexts.sources(subject.dockerfile)), ""
    yield not rule.uses or rebuild.uses(subject).issuperset(rule.uses), ""


def asks(rule: Rule, fact: str) -> bool:
    """Whether a rule asks for a fact, itself or through others."""

    def leads_there(name: str) -> bool:
        return name == fact or (name in FACTS and any(map(leads_there, FACTS[name].wants)))

    return any(map(leads_there, rule.wants))


def pairs(
    rules: Iterable[Rule], subjects: Iterable[Subject], about: Callable[[Rule, Subject], object] = applies
) -> Iterator[tuple[Rule, Subject]]:
    """Which rule judges which subject, subject by subject; a Dockerfile once, however many images it builds."""
    subjects, rules = list(subjects), list(rules)
    last = {subject.file: subject for subject in subjects if isinstance(subject, Variant)}
    for subject in subjects:
        for rule in rules:
            if isinstance(subject, Variant) and last[subject.file] is not subject and asks(rule, "dockerfile"):
                continue
            if about(rule, subject):
                yield rule, subject


def facts_of(subject: Subject, store: Store | None = None) -> Facts:
    """What is known of a subject; some of it may be known from another of the same content."""
    return Facts({"subject" if isinstance(subject, Variant) else "composition": subject}, store)


def prepare(rules: Iterable[Rule], facts: Facts, at_once: int) -> None:
    """Gather side by side what rules want to know from containers, so many at once."""
    names = [name for rule in rules for name in rule.wants if depth_of(name) is Depth.RUN]
    facts.prepare(dict.fromkeys(names), at_once)


def judge(rule: Rule, subject: Subject, facts: Facts) -> Result:
    """What one rule says of one subject; whatever goes wrong is told, and never looks like a clean verdict."""
    result = _nothing_said(rule, subject)
    try:
        values = [_own(rule, name, facts.get(name)) for name in rule.wants]
        found = [_shown(subject, finding) for finding in rule.function(*values)]
    except LeftOutError as error:
        result.left_out = _words(subject, str(error))
    except NotJudgedError as error:
        result.unjudged = _words(subject, str(error))
        result.depends = error.rule if isinstance(error, DependentError) else ""
    except PlimsollError as error:
        result.unjudged, result.failed = _words(subject, str(error)), True
    except Exception as error:  # noqa: BLE001 - a rule's fault must end no other rule
        told = engine.failure(error)
        result.unjudged, result.failed, result.fault = _words(subject, str(told or internal(error))), True, not told
    else:
        result.findings, used = waiving.split(rule, subject, found)
        result.used = tuple(used)
        result.waived = "; ".join(dict.fromkeys(each.waiver.reason for each in used))
        result.lines = _lines(rule, subject, facts, result.findings)
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
    result = Result(rule, _words(subject, str(subject)), file=subject.file, standing=waiving.about(rule, subject))
    if isinstance(subject, Variant):
        result.folder = subject.folder
        result.line = subject.stage.line if subject.file else 1
    else:
        result.folder = subject.file.parent
    return result


def _own(rule: Rule, name: str, value: Any) -> object:  # noqa: ANN401 - a fact, of whatever type
    """A fact as a rule is given it: of what linters say, what belongs to it."""
    return value(rule.name) if name == DIAGNOSTICS else value


def _shown(subject: Subject, finding: Finding) -> Finding:
    return replace(finding, **{name: _words(subject, words) for name, words in vars(finding).items()})


def _words(subject: Subject, words: str) -> str:
    """Words with a subject's own name for an image that was built for this run only, under a name of this run."""
    if isinstance(subject, Variant) and subject.folder:
        words = words.replace(subject.image, str(subject))
    # A name in an image may be of other bytes than text, which no output takes.
    return words.encode(errors="replace").decode()


def run(rules: Iterable[Rule], subjects: Iterable[Subject], *, thorough: bool = True) -> list[Result]:
    """Judge subjects by rules: for each the cheapest facts first, then what mostly waits side by side.

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
    """The results of one subject; what a finding of another rule keeps from being judged is left out until then."""
    found = {each.rule.name for each in results if each.findings or each.waived}
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
