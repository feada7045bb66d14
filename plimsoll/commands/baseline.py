"""What was found on a day, written down: how a repository with a past begins, and fails only on what is new."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plimsoll.commands import fingerprint, places
from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from plimsoll.findings import Finding
    from plimsoll.runner import Result

VERSION = 1
"""Of the file: raised when entries are no longer the same ones."""

ANEW = "write it anew with --write-baseline"
SHOWN = 3
"""Entries that nothing needs any more and that are named; the others are counted."""


@dataclass(frozen=True, order=True)
class Entry:
    """One finding, as it is written down.

    Attributes:
        rule: the rule, with its group.
        subject: what it was found in, by which is known whether it was judged again.
        place: where it was found, for people.
        fingerprint: by which it is known again.

    """

    rule: str
    subject: str
    place: str
    fingerprint: str


def entries(results: Iterable[Result]) -> list[Entry]:
    """What is found now, in an order that no run changes."""
    rows = fingerprint.numbered(results)
    return sorted(
        Entry(str(result.rule), fingerprint.subject(result, finding), places.words(result, finding), known)
        for result, finding, known in rows
    )


@dataclass(frozen=True)
class Baseline:
    """What a run is held against, and where what it finds is written down.

    Attributes:
        file: the baseline; None for none.
        known: its entries.
        into: the file to write; None for none.

    """

    file: Path | None = None
    known: tuple[Entry, ...] = ()
    into: Path | None = None

    def new(self, results: list[Result]) -> list[Result]:
        """Some results without what is known, or is going to be."""
        return without(results, self.known if self.file or not self.into else entries(results))

    def settled(self, results: list[Result]) -> tuple[list[Result], list[str]]:
        """Results without what is known, and what is told of the baseline; what was found is written down before.

        Raises:
            PlimsollError: it can't be written.

        """
        told, known = [], self.known
        if self.into and results:
            found = entries(results)
            write(self.into, found)
            told.append(f"the baseline {self.into} is written, findings in it: {len(found)}")
            known = known if self.file else tuple(found)
        if self.file:
            told += filter(None, [remark(self.file, known, results)])
        return without(results, known), told


def opened(file: Path | None, into: Path | None) -> Baseline:
    """A baseline, before anything is judged.

    Args:
        file: that to hold against; None for none.
        into: that to write; None for none.

    Raises:
        PlimsollError: the one is not there or can't be understood, or the other can't be written.

    """
    if into:
        _require_writable(into)
    return Baseline(file, tuple(read(file)) if file else (), into)


def _require_writable(file: Path) -> None:
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise PlimsollError(f"{file} can't be written as a baseline", "name a file in a folder that is there")


def write(file: Path, found: Iterable[Entry]) -> None:
    """Write down what was found.

    Raises:
        PlimsollError: it can't be written.

    """
    document = {"plimsoll-baseline": VERSION, "findings": [vars(each) for each in found]}
    try:
        file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise PlimsollError(f"{file} can't be written, {error.strerror}", "name a file that can be") from error


def read(file: Path) -> list[Entry]:
    """What was written down.

    Raises:
        PlimsollError: it is not there, is of another version, or is damaged.

    """
    try:
        document = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise PlimsollError(f"the baseline {file} is not there", ANEW) from error
    except OSError as error:
        raise PlimsollError(f"the baseline {file} can't be read, {error.strerror}", "name a file") from error
    except (ValueError, RecursionError) as error:
        raise PlimsollError(f"the baseline {file} is damaged: it is no JSON", ANEW) from error
    if not isinstance(document, dict) or "plimsoll-baseline" not in document:
        raise PlimsollError(f"{file} is no baseline", ANEW)
    if document["plimsoll-baseline"] != VERSION:
        other = json.dumps(document["plimsoll-baseline"])[:20]
        raise PlimsollError(f"the baseline {file} is of version {other}, and this is a judge of {VERSION}", ANEW)
    rows = document.get("findings")
    if not isinstance(rows, list) or not all(map(_is_entry, rows)):
        raise PlimsollError(f"the baseline {file} is damaged: its findings are none", ANEW)
    return [Entry(**row) for row in rows]


def _is_entry(row: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    names = Entry.__dataclass_fields__
    return isinstance(row, dict) and row.keys() == names.keys() and all(isinstance(each, str) for each in row.values())


def without(results: Iterable[Result], known: Iterable[Entry]) -> list[Result]:
    """Results without what is known, which is counted in each."""
    results = list(results)
    numbers = {each.fingerprint for each in known}
    new: dict[int, list[Finding]] = {id(each): [] for each in results}
    for result, finding, number in fingerprint.numbered(results):
        if number not in numbers:
            new[id(result)].append(finding)
    return [replace(each, findings=new[id(each)], known=len(each.findings) - len(new[id(each)])) for each in results]


def remark(file: Path, known: Iterable[Entry], results: Iterable[Result]) -> str:
    """A line about the entries that nothing needs any more, empty where each is needed or may be.

    Args:
        file: the baseline.
        known: its entries.
        results: what was found now, before anything known was taken out.

    """
    results = list(results)
    found = {each.fingerprint for each in entries(results)}
    judged: set[tuple[str, str]] = set()
    unjudged: set[tuple[str, str]] = set()
    for result in results:
        names = {(str(result.rule), each) for each in fingerprint.subjects(result)}
        (unjudged if result.unjudged or result.in_part or result.left_out else judged).update(names)
    over = [each for each in known if each.fingerprint not in found and (each.rule, each.subject) in judged - unjudged]
    if not over:
        return ""
    named = [f"{each.rule} at {each.place}" for each in over[:SHOWN]]
    more = [f"{len(over) - SHOWN} more"] if len(over) > SHOWN else []
    entry = "an entry that nothing needs" if len(over) == 1 else f"{len(over)} entries that nothing needs"
    return f"the baseline {file} has {entry} any more, {', '.join([*named, *more])}: {ANEW}"
