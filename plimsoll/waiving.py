"""Which exceptions there are for a subject, what they spare of what was found, and which of them nothing needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.errors import PlimsollError
from plimsoll.facts.text import silenced
from plimsoll.parsing import ignores
from plimsoll.rule import require_known
from plimsoll.subject import Variant
from plimsoll.waivers import Standing, Waiver, in_comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.findings import Finding
    from plimsoll.pairing import Subject
    from plimsoll.rule import Rule
    from plimsoll.runner import Result

LINE = re.compile(r"(?P<file>.+):(?P<line>\d+)", re.DOTALL)


def of(subject: Subject) -> list[Standing]:
    """All exceptions that are made for a subject, those of comments included."""
    return _said(subject)[0]


def mistakes(subject: Subject) -> list[PlimsollError]:
    """A line for each exception that can't count: of no rule, or for no reason."""
    found, wrong = _said(subject)
    unknown = []
    for each in found:
        try:
            require_known([each.rule], each.place)
        except PlimsollError as error:
            unknown.append(error)
    return [*wrong, *unknown]


def _said(subject: Subject) -> tuple[list[Standing], list[PlimsollError]]:
    if not isinstance(subject, Variant):
        return subject.exceptions
    found = subject.exceptions
    if subject.file is None:
        return found, []
    more, wrong = in_comments(subject.file, ignores.in_dockerfile(subject.dockerfile.text))
    return [*found, *more], wrong


def about(rule: Rule, subject: Subject) -> tuple[Standing, ...]:
    """The exceptions from one rule that are made for a subject."""
    return tuple(each for each in of(subject) if each.rule in {rule.name, str(rule)})


class Spared(NamedTuple):
    """What a rule found and may be so.

    Attributes:
        finding: what it found.
        by: the exceptions that let it be.

    """

    finding: Finding
    by: tuple[Standing, ...]


def split(rule: Rule, subject: Subject, found: list[Finding]) -> tuple[list[Finding], list[Spared]]:
    """What is left of what a rule found, and what is spared, by what; an exception that is over spares nothing."""
    standing = [each for each in about(rule, subject) if not each.waiver.is_over] if found else []
    standing += _foreign(rule, subject) if found else []
    told = [Spared(each, tuple(one for one in standing if _spares(one, subject, each))) for each in found]
    return [each.finding for each in told if not each.by], [each for each in told if each.by]


def _foreign(rule: Rule, subject: Subject) -> Iterator[Standing]:
    """What another linter is told not to say of what makes the image what the rule is about."""
    if isinstance(subject, Variant) and subject.file and rule.name in silenced.OF_IMAGES:
        for line in sorted(silenced.of_image(rule.name, subject.dockerfile, subject.stage)):
            told = Waiver("hadolint or BuildKit is told to ignore it there")
            yield Standing(rule.name, told, f"{subject.file}:{line}", subject.file, line, line, foreign=True)


def _spares(standing: Standing, subject: Subject, finding: Finding) -> bool:
    if standing.service:
        about = "" if isinstance(subject, Variant) else subject.service_of(finding.place, finding.found)
        return about == standing.service
    if standing.file is None:
        return True
    match = LINE.fullmatch(finding.place)
    if match and match["file"] == str(standing.file):
        return standing.first <= int(match["line"]) <= standing.last
    return isinstance(subject, Variant) and _makes(standing, subject, finding)


def _makes(standing: Standing, subject: Variant, finding: Finding) -> bool:
    """Whether the lines of an exception belong to what an image is made from, and to what was found in it."""
    lineage = subject.dockerfile.lineage(subject.stage)
    if any(standing.first <= stage.line <= standing.last for stage in lineage):
        return True
    steps = [step for stage in lineage for step in stage.instructions if standing.first <= step.line <= standing.last]
    names = [name for step in steps if step.keyword in {"ARG", "ENV", "LABEL"} for name in step.pairs]
    words = f"{finding.place} {finding.found}"
    return bool(steps) and (not names or any(re.search(rf"\b{re.escape(name)}\b", words) for name in names))


def _says(standing: Standing) -> str:
    """What an exception says that nothing needs."""
    if standing.foreign:
        linter = "hadolint to ignore" if silenced.is_of_hadolint(standing.rule) else "BuildKit to skip"
        return f"tells {linter} {standing.rule}, which is silent there by itself"
    if standing.readers:
        return f"allows `{standing.rule}`, which nothing that was judged has"
    return f"waives {standing.rule}, which nothing that was judged breaks"


def remarks(results: Iterable[Result]) -> list[str]:
    """A line for each exception that has come to its end, and for each that nothing needs any more.

    Whether one is needed is not known where its rule was not judged, or not of all subjects that it is about.
    """
    results = list(results)
    every = dict.fromkeys(each for result in results for each in result.standing)
    used = {each for result in results for each in result.used}
    open_ = {
        each for result in results if result.unjudged or result.in_part or result.left_out for each in result.standing
    }
    asked = {(each, result.rule.name) for result in results for each in result.standing}
    lines = []
    for each in every:
        if any((each, name) not in asked for name in each.readers):
            continue
        if each.waiver.is_over:
            lines.append(f"{each.place} waives {each.rule} until {each.waiver.until}, which is over: it counts no more")
        elif each not in used and each not in open_:
            lines.append(f"{each.place} {_says(each)}: take it out")
    return lines
