"""What a broken rule says: where, what was found, what was expected and how to fix it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken.

    Attributes:
        place: `file:line`, a layer, or a path in the image; empty for the subject as a whole.
        found: what is there.
        fix: what was expected, and how to get there.

    """

    place: str
    found: str
    fix: str

    def __str__(self) -> str:
        """As a linter prints it."""
        return f"{self.place}: {self.found}: {self.fix}" if self.place else f"{self.found}: {self.fix}"


def broken_at(found: Iterable[tuple[str, str]], fix: str) -> list[Finding]:
    """The findings of a rule.

    Args:
        found: a place and what is there, for each place that breaks the rule.
        fix: what was expected instead, and how to get there.

    """
    return [Finding(place, what, fix) for place, what in found]
