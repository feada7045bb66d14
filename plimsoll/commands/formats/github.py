"""What was found as workflow commands, which GitHub Actions shows as annotations."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from plimsoll.commands import places
from plimsoll.commands.formats import wording
from plimsoll.commands.options import USUAL, Showing
from plimsoll.rule import Level

if TYPE_CHECKING:
    from plimsoll.findings import Finding
    from plimsoll.runner import Result

COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
"""What GitHub calls the levels."""

MOST = 10
"""Annotations of each kind that GitHub shows of one step; what comes after these it drops without a word."""


def github(results: list[Result], showing: Showing = USUAL) -> str:
    """Annotations within GitHub's limit, the gravest first, and one that says how many more there are."""
    unjudged = list(wording.reasons(results))
    # A warning says what was not judged, a notice what has no room.
    room = {Level.ERROR: MOST, Level.WARNING: MOST - bool(unjudged), Level.NOTE: MOST - 1}
    lines, told = [], Counter[Level]()
    for result, finding in wording.one_of_each_first(results, showing.least):
        if told[result.rule.level] < room[result.rule.level]:
            told[result.rule.level] += 1
            lines.append(_annotation(result, finding))
    if unjudged:
        lines.append(f"::warning title={_property('not judged')}::{_data('; '.join(unjudged))}")
    if left := Counter(result.rule.level for result, _ in wording.in_order(results)) - told:
        more = ", ".join(wording.number(left[level], level.value) for level in Level if left[level])
        lines.append(f"::notice title=plimsoll::and {more} more, which `--output text` or `markdown` tells")
    return wording.printable("".join(f"{line}\n" for line in lines))


def _annotation(result: Result, finding: Finding) -> str:
    where = ""
    if place := places.shown(result, finding):
        where = f"file={_property(place.from_top)},line={place.line},"
    said = f"{finding.found}: {finding.fix}\n{result.rule.address}"
    words = said if places.of(result, finding) else f"{places.words(result, finding)}: {said}"
    return f"::{COMMANDS[result.rule.level]} {where}title={_property(str(result.rule))}::{_data(words)}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
