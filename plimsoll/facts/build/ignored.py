"""Which line of an ignore file keeps a file of the folder from a build.

The builder itself says what comes (`probe`); only the line it does not tell. The rules are those of its documentation:
a pattern holds for a path and for all below it, and the last one that does decides.
"""

from __future__ import annotations

import functools
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.paths import parents

if TYPE_CHECKING:
    from pathlib import Path

PART = re.compile(r"(?P<any>\*\*/?)|(?P<within>\*)|(?P<one>\?)|(?P<set>\[[^\]]+\])|\\?(?P<letter>.)", re.DOTALL)
MEANS = {"any": ".*", "within": "[^/]*", "one": "[^/]"}


class Pattern(NamedTuple):
    """One line of an ignore file.

    Attributes:
        line: its number, from 1.
        keeps_out: whether what it matches stays out; it is let through where not.
        matches: what it matches.

    """

    line: int
    keeps_out: bool
    matches: re.Pattern[str]


def patterns(text: str) -> list[Pattern]:
    """The patterns of an ignore file, in order."""
    found = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        written = line.strip()
        if not written or line.startswith("#"):
            continue
        keeps_out = not written.startswith("!")
        path = posixpath.normpath(written.removeprefix("!").strip()).lstrip("/")
        found.append(Pattern(number, keeps_out, _compiled(path)))
    return found


def _compiled(path: str) -> re.Pattern[str]:
    parts = []
    for match in PART.finditer(path):
        kind = match.lastgroup or "letter"
        if kind == "any":
            parts.append("(?:.*/)?" if match[0].endswith("/") else ".*")
        else:
            parts.append(MEANS.get(kind) or (match[0] if kind == "set" else re.escape(match["letter"])))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        return re.compile(re.escape(path))


def keeping_out(path: str, ignoring: list[Pattern]) -> Pattern | None:
    """The pattern that keeps a path of the folder out, None where it comes."""
    last = None
    for each in ignoring:
        if any(each.matches.fullmatch(step) for step in (*parents(path), path)):
            last = each
    return last if last and last.keeps_out else None


@functools.cache
def read(file: Path) -> list[Pattern]:
    """The patterns of an ignore file that is here."""
    return patterns(file.read_text(errors="replace"))
