"""What the formats that people read have in common: the order of findings, what of them is alike, and the summary."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll.commands import places
from plimsoll.rule import Level

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from plimsoll.findings import Finding
    from plimsoll.rule import Rule
    from plimsoll.runner import Result

    Pair = tuple[Result, Finding]

NAMED = 3
"""Of what is alike, so many places are named."""

KIND = re.compile(r"(?:[A-Z]{2}\d{4}|(?:[A-Z][a-z]+){2,})(?=,)")
"""What a linter calls a finding: one rule may hold several of these, which are not alike."""

COMMANDS = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What commands a terminal, or what no XML document can hold: an image may have it in a name."""


@dataclass(frozen=True)
class Alike:
    """Findings of one rule that are mended in the same way.

    Attributes:
        pairs: each finding with its result, in the order of their places; at least one.

    """

    pairs: list[Pair]

    @property
    def rule(self) -> Rule:
        """The rule that they break."""
        return self.pairs[0][0].rule

    @property
    def finding(self) -> Finding:
        """The first."""
        return self.pairs[0][1]

    @property
    def where(self) -> str:
        """The place of the first."""
        return places.words(*self.pairs[0])

    @property
    def more(self) -> str:
        """How many there are and where the next ones are, empty where there is but one."""
        if len(self.pairs) == 1:
            return ""
        told = [self.where]
        for result, finding in self.pairs[1:NAMED]:
            where = places.words(result, finding)
            # Where the place tells nothing new, what is there does.
            told.append(finding.found.partition("\n")[0] if where in told else where)
        if (left := len(self.pairs) - NAMED) > 0:
            told.append(f"{left} more")
        *others, last = told[1:]
        return f"{len(self.pairs)} such, also {' and '.join([*filter(None, [', '.join(others)]), last])}"


def in_order(results: Iterable[Result]) -> list[Pair]:
    """Every finding with its result: the gravest first, then file by file and line by line, then what is in no file."""
    found = [(result, finding) for result in results for finding in result.findings]
    return sorted(found, key=lambda pair: (pair[0].rule.level.rank, *_position(*pair)))


def _position(result: Result, finding: Finding) -> tuple[bool, str, int]:
    place = places.of(result, finding)
    return place is None, place.relative if place else "", place.line if place else 0


def alike(results: Iterable[Result], least: Level, *, apart: bool = False) -> list[Alike]:
    """The findings of a level or a graver one, those together that are alike.

    Args:
        results: what was judged.
        least: the lowest level that is told.
        apart: each by itself.

    """
    groups: dict[object, list[Pair]] = {}
    for number, (result, finding) in enumerate(in_order(results)):
        if result.rule.level.reaches(least):
            kind = KIND.match(finding.found)
            key = number if apart else (result.rule.name, finding.fix, kind[0] if kind else "")
            groups.setdefault(key, []).append((result, finding))
    return [Alike(pairs) for pairs in groups.values()]


def one_of_each_first(results: Iterable[Result], least: Level) -> list[Pair]:
    """The findings of a level or a graver one: of those that are alike the first before the second, level by level."""
    found = [(rank, pair) for each in alike(results, least) for rank, pair in enumerate(each.pairs)]
    return [pair for _, pair in sorted(found, key=lambda ranked: (ranked[1][0].rule.level.rank, ranked[0]))]


def untold(results: Iterable[Result], least: Level) -> str:
    """How many findings are below the lowest level that is told, and of which rules; empty where none is."""
    rules = Counter(str(result.rule) for result, _ in in_order(results) if not result.rule.level.reaches(least))
    if not rules:
        return ""
    names = ", ".join(name if count == 1 else f"{name} ({count})" for name, count in sorted(rules.items()))
    return f"{number(rules.total(), Level.NOTE.value)}: {names}"


def reasons(results: Iterable[Result], *, every: bool = False) -> Iterator[str]:
    """Why rules, or what a linter says on them, were not judged: each reason once, with their number.

    Args:
        results: what was judged.
        every: name the rules, however many they are.

    """
    results = list(results)
    kept: dict[str, tuple[list[Result], list[Result]]] = {}
    for each in results:
        if each.unjudged:
            kept.setdefault(each.unjudged, ([], []))[0].append(each)
        elif each.in_part:
            kept.setdefault(each.in_part, ([], []))[1].append(each)
    subjects = {each.subject for each in results}
    for reason, (silent, lacking) in kept.items():
        parts = [_counted(silent, subjects, every=every)] if silent else []
        # A rule once, however many subjects it lacks something on.
        linters = Counter(linter for linter, _ in dict.fromkeys((each.lacks, each.rule) for each in lacking))
        parts += [f"{linter} in {number(count, 'rule')}" for linter, count in linters.items()]
        yield f"{' and '.join(parts)}, {reason}"


def _counted(silent: Collection[Result], subjects: Collection[str], *, every: bool) -> str:
    """How many rules said nothing, which where they are few, and of which subject where there are others."""
    rules = list(dict.fromkeys(str(each.rule) for each in silent))
    names = f" ({', '.join(rules)})" if every or len(rules) <= NAMED else ""
    concerned = {each.subject for each in silent}
    of = f" of {concerned.pop()}" if len(concerned) == 1 < len(subjects) else ""
    return f"{number(len(rules), 'rule')}{names}{of}"


def left_out(results: Iterable[Result]) -> dict[str, list[str]]:
    """Why rules were left out: each reason once, with the rules."""
    kept: dict[str, list[str]] = {}
    for each in results:
        if each.left_out:
            kept.setdefault(f"{each.subject}: {each.left_out}", []).append(str(each.rule))
    return kept


def summary(results: Collection[Result]) -> str:
    """What was found, by how many rules, of how many subjects."""
    levels = [result.rule.level for result, _ in in_order(results)]
    judged = len({each.rule.name for each in results if not (each.unjudged or each.left_out)})
    unjudged = len({each.rule.name for each in results if each.unjudged})
    subjects = len({each.subject for each in results})
    parts = [number(levels.count(level), level.value) for level in Level if level in levels]
    found = number(len(levels), "finding") + (f" ({', '.join(parts)})" if parts else "")
    known = sum(each.known for each in results)
    found += f", beside {known} that the baseline knows" if known else ""
    rest = f", {number(unjudged, 'rule')} not judged" if unjudged else ""
    return f"{found}; {number(judged, 'rule')} judged {number(subjects, 'subject')}{rest}"


def printable(words: str) -> str:
    """Words that are shown, and do nothing else."""
    return COMMANDS.sub("\N{REPLACEMENT CHARACTER}", words)


def number(count: int, what: str) -> str:
    """So many of something."""
    return f"{count} {what}{'' if count == 1 else 's'}"
