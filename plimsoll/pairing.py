"""Which rule is about which subject, told before anything is gathered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.build import context as contexts
from plimsoll.facts.build import rebuild
from plimsoll.facts.registry import SUBJECTS, Depth, named
from plimsoll.subject import Variant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plimsoll.composition import Composition
    from plimsoll.rule import Rule

    Subject = Variant | Composition


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
    yield subject.file is not None or not asks(rule, "dockerfile"), ""
    yield subject.started or not rule.started, ""
    yield bool(subject.offer) or not asks(rule, "offer"), ""
    # What is expected takes long to load, and most that is said of text does without.
    if not rule.of_text or rule.serves or rule.endpoints or rule.environment or rule.budget:
        yield from _expected(rule, subject)
    yield "context" not in rule.wants or bool(contexts.sources(subject.dockerfile)), ""
    yield not rule.uses or rebuild.uses(subject).issuperset(rule.uses), ""


def _expected(rule: Rule, subject: Variant) -> Iterator[tuple[bool, str]]:
    """The same of what is expected of an image, and what became of building it."""
    expected = subject.expected
    starts = subject.started and not expected.does_not_start
    yield starts or rule.of_text or rule.depth is not Depth.RUN, ""
    # That it does not build is what the rule about it says.
    yield not (subject.has_no_image and asks(rule, "built")), ""
    yield (starts and expected.serves) or not rule.serves, ""
    yield bool(expected.port) or not rule.serves, "no port of it is known: EXPOSE, or `port` in plimsoll.toml"
    yield bool(subject.endpoints) or not rule.endpoints, "no [[endpoint]] of it stands in plimsoll.toml"
    yield bool(expected.environment) or not rule.environment, ""
    yield expected.max_size is not None or not rule.budget, ""


def asks(rule: Rule, fact: str) -> bool:
    """Whether a rule asks for a fact, itself or through others."""

    def leads_there(name: str) -> bool:
        return name == fact or (name not in SUBJECTS and any(map(leads_there, named(name).wants)))

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
