"""What was found as a JSON document of our own, for programs: docs/check.schema.json is made from what is here.

The version changes with whatever a program that reads it would trip over; what is only added does not change it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from plimsoll import HOME, __version__
from plimsoll.commands import fingerprint, places
from plimsoll.commands.options import USUAL, Showing
from plimsoll.rule import Level

if TYPE_CHECKING:
    from plimsoll.runner import Result

SCHEMA = "docs/check.schema.json"
"""Where in the repository the schema is."""

ADDRESS = f"{HOME}/raw/main/{SCHEMA}"

DESCRIBED = {"use_attribute_docstrings": True}
"""The schema has the sentence below each attribute."""


@dataclass(frozen=True)
class Tool:
    """What judged."""

    __pydantic_config__: ClassVar = DESCRIBED

    name: Literal["plimsoll"]
    """Its name."""

    version: str
    """Its version."""


@dataclass(frozen=True)
class Summary:
    """The figures."""

    __pydantic_config__: ClassVar = DESCRIBED

    error: int
    """Findings that break, leak or lie."""

    warning: int
    """Findings that will cost you."""

    note: int
    """Findings about hardening and economy beyond common practice."""

    not_judged: int
    """Rules that could not be judged, each counted once for each subject."""


@dataclass(frozen=True)
class Found:
    """One place where a rule is broken."""

    __pydantic_config__: ClassVar = DESCRIBED

    place: str
    """As people read it: `FILE:LINE`, a path in the image, a layer; empty for the subject as a whole."""

    found: str
    """What is there."""

    fix: str
    """What was expected, and how to get there."""

    file: str | None
    """The file to open, from the top of its clone; of what is in an image its Dockerfile, null where none is here."""

    line: int | None
    """The line in it, from 1: the one that is meant, else the one that made it, else its stage's FROM."""

    fingerprint: str
    """By what it is known again in a later run: the same whatever lines are added above it."""


@dataclass(frozen=True)
class Judged:
    """What one rule said of one subject."""

    __pydantic_config__: ClassVar = DESCRIBED

    rule: str
    """Its group and its name: `image.has_no_shell`."""

    level: Literal["error", "warning", "note"]
    """How grave it is to break it."""

    depth: Literal["text", "image", "build", "run"]
    """How far it looks."""

    address: str
    """Where it is explained on the web."""

    subject: str
    """The image or compose file, as people say it."""

    passed: bool
    """Whether it was judged, and nothing was found."""

    findings: list[Found]
    """Where it is broken."""

    known: int
    """How many more were found that the baseline knows."""

    waived: str | None
    """Why it may be broken."""

    not_judged: str | None
    """Why it could not be judged."""

    not_judged_in_part: str | None
    """Why what a linter says on it is not known, though it was judged by all else."""

    left_out: str | None
    """What would have it asked."""


@dataclass(frozen=True)
class Document:
    """What `plimsoll check --output json` writes."""

    __pydantic_config__: ClassVar = DESCRIBED

    version: Literal[1]
    """Of this form."""

    schema: str
    """The address of the schema that it keeps."""

    tool: Tool
    """What judged."""

    summary: Summary
    """The figures."""

    results: list[Judged]
    """What each rule said of each subject."""


def as_json(results: list[Result], _: Showing = USUAL) -> str:
    """Every result, in a document that keeps the schema."""
    return json.dumps(asdict(document(results)), indent=2) + "\n"


def document(results: list[Result]) -> Document:
    """Every result."""
    found: dict[int, list[Found]] = {}
    for result, finding, known in fingerprint.numbered(results):
        shown = places.shown(result, finding)
        found.setdefault(id(result), []).append(
            Found(
                place=str(places.of(result, finding) or finding.place),
                found=finding.found,
                fix=finding.fix,
                file=shown.from_top if shown else None,
                line=shown.line if shown else None,
                fingerprint=known,
            )
        )
    levels = Counter(each.rule.level for each in results for _ in each.findings)
    return Document(
        version=1,
        schema=ADDRESS,
        tool=Tool("plimsoll", __version__),
        summary=Summary(
            error=levels[Level.ERROR],
            warning=levels[Level.WARNING],
            note=levels[Level.NOTE],
            not_judged=sum(bool(each.unjudged) for each in results),
        ),
        results=[_judged(each, found.get(id(each), [])) for each in results],
    )


def _judged(result: Result, found: list[Found]) -> Judged:
    return Judged(
        rule=str(result.rule),
        level=result.rule.level.value,
        depth=cast("Any", result.rule.depth.name.lower()),
        address=result.rule.address,
        subject=result.subject,
        passed=not (result.findings or result.known or result.waived or result.unjudged or result.left_out),
        findings=found,
        known=result.known,
        waived=result.waived or None,
        not_judged=result.unjudged or None,
        not_judged_in_part=result.in_part or None,
        left_out=result.left_out or None,
    )
