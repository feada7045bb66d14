"""`# plimsoll: ignore=RULE the reason`: where it stands in a Dockerfile or in YAML, and which lines it is about."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from plimsoll.parsing import instructions

OURS = re.compile(r"#\s*plimsoll\s*:?\s*(?:ignore|disable|skip|noqa|waive)\b.*", re.IGNORECASE)
"""What is meant for the judge, however it is spelt."""

FORM = re.compile(r"#\s*plimsoll:\s*ignore\s*=\s*([\w.]+(?:\s*,\s*[\w.]+)*)(?:\s+(.*))?")
"""How it is spelt."""


@dataclass(frozen=True)
class Ignore:
    """One such comment.

    Attributes:
        line: where it stands, from 1.
        rules: what it names, with groups or without; none where it is not understood.
        reason: why.
        first: the first line that it is about; 0 for none.
        last: the last one.

    """

    line: int
    rules: tuple[str, ...]
    reason: str
    first: int = 0
    last: int = 0


@functools.lru_cache(maxsize=16)
def in_dockerfile(text: str) -> tuple[Ignore, ...]:
    """The comments of a Dockerfile; each is about the whole instruction below it, or around it."""
    found = _written(text, trailing=False)
    if not found:
        return ()
    spans = [(each.line, each.bodies[1]) for each in instructions.read(text)]
    return tuple(_about(each, next((span for span in spans if span[1] > each.line), (0, 0))) for each in found)


@functools.lru_cache(maxsize=16)
def in_yaml(text: str) -> tuple[Ignore, ...]:
    """The comments of a YAML file; each is about the line that it follows or stands above, and what is in its block."""
    lines = text.splitlines()
    return tuple(_about(each, _block(lines, each.line)) for each in _written(text, trailing=True))


def _about(ignore: Ignore, span: tuple[int, int]) -> Ignore:
    return Ignore(ignore.line, ignore.rules, ignore.reason, *span)


def _written(text: str, *, trailing: bool) -> list[Ignore]:
    if "plimsoll" not in text:
        return []
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = OURS.search(line)
        before = line[: match.start()] if match else ""
        if match is None or (before.strip() and not (trailing and before[-1].isspace())):
            continue
        form = FORM.fullmatch(match[0].rstrip())
        names = tuple(each.strip() for each in form[1].split(",")) if form else ()
        found.append(Ignore(number, names, (form[2] or "").strip() if form else ""))
    return found


def _block(lines: list[str], comment: int) -> tuple[int, int]:
    """The lines, from 1, of what a comment stands behind or above."""
    number = comment - 1
    while number < len(lines) and _is_empty(lines[number]):
        number += 1
    if number == len(lines):
        return 0, 0
    first, indent = number, _indent(lines[number])
    # The items of a list may stand as far left as its key.
    lists = not lines[first].lstrip().startswith("- ")
    last = first
    for number in range(first + 1, len(lines)):
        line = lines[number]
        inside = _indent(line) > indent or (lists and _indent(line) == indent and line.lstrip().startswith("- "))
        if not _is_empty(line) and not inside:
            break
        if not _is_empty(line):
            last = number
    return first + 1, last + 1


def _is_empty(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
