"""An exception from a rule: why it is made, until when it counts, where it stands and what it is about."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from plimsoll.parsing.ignores import Ignore

LEAST_REASON = 10
"""Letters that a reason has at least."""

KEYS = ("reason", "until")
FORM = "write `# plimsoll: ignore=RULE the reason`"


@dataclass(frozen=True)
class Waiver:
    """An exception, as it is given.

    Attributes:
        reason: why it is made.
        until: the last day on which it counts; None where it has no end.

    """

    reason: str
    until: date | None = None

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and today() > self.until


@dataclass(frozen=True)
class Standing:
    """An exception from one rule, where it stands.

    Attributes:
        rule: the rule's name, with its group or without, as it is written.
        waiver: what is said of it.
        place: where it stands, as people find it.
        file: what it is about, where that is lines of a file; None for a subject as a whole.
        first: the first of those lines.
        last: the last of them.
        service: the service of a compose file that it is about, empty for all.
        shared: whether it is about more subjects than one, so that not each of them needs it.
        foreign: whether it is said to another linter, which may need it for itself.
        readers: the rules that heed it, where it is about none: `rule` is then what is no finding to them.

    """

    rule: str
    waiver: Waiver
    place: str
    file: Path | None = None
    first: int = 0
    last: int = 0
    service: str = ""
    shared: bool = False
    foreign: bool = False
    readers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The rule's name without its group."""
        return self.rule.rpartition(".")[2]


def today() -> date:
    """The day, by the clock that is the same everywhere."""
    return datetime.now(tz=UTC).date()


def waiver(given: object) -> Waiver:
    """What is given as an exception: a reason, or a table with `reason` and `until`.

    Raises:
        ValueError: it has no reason, or its date is none; the message says which.

    """
    told = given if isinstance(given, dict) else {"reason": given}
    for key in told:
        if key not in KEYS:
            raise ValueError(f"unknown key `{key}`{nearest(key, KEYS)}")
    reason = told.get("reason")
    if not isinstance(reason, str) or len(reason.strip()) < LEAST_REASON:
        raise ValueError(f"it has no reason: say why in {LEAST_REASON} letters or more")
    return Waiver(reason.strip(), _day(told["until"]) if "until" in told else None)


def _day(given: object) -> date:
    """A day, as TOML or YAML has it, or as a word."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    try:
        return date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise ValueError(f"until = {given!s} is no date, such as 2027-03-01") from None


def standing(given: Mapping[str, object], place: str, **about: object) -> tuple[list[Standing], list[PlimsollError]]:
    """The exceptions of a table, and what is wrong with those that are none.

    Args:
        given: rules, each with its exception.
        place: where the table stands.
        about: what it is about, as `Standing` has it.

    """
    found, wrong = [], []
    for rule, each in given.items():
        try:
            found.append(Standing(rule, waiver(each), place, **about))  # type: ignore[arg-type]
        except ValueError as error:
            wrong.append(PlimsollError(f"{place} waives {rule}", str(error)))
    return found, wrong


def in_comments(file: Path, ignores: Iterable[Ignore]) -> tuple[list[Standing], list[PlimsollError]]:
    """The exceptions that stand in the comments of a file, and what is wrong with those that are none."""
    found, wrong = [], []
    for each in ignores:
        place = f"{file}:{each.line}"
        if each.rules:
            given = dict.fromkeys(each.rules, each.reason)
            more = standing(given, place, file=file, first=each.first, last=each.last)
            found += more[0]
            wrong += more[1]
        else:
            wrong.append(PlimsollError(f"{place} is no exception that can be understood", FORM))
    return found, wrong


def nearest(name: str, known: Iterable[str]) -> str:
    """What may have been meant by a name that is none of those that are known, as the end of a line."""
    return "".join(f": do you mean `{each}`?" for each in difflib.get_close_matches(name, list(known), n=1))
