"""One remark of a linter, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """One remark of a linter.

    Attributes:
        line: in the Dockerfile.
        place: file and line, as `file:line`.
        rule: the linter's own name of its rule.
        text: what it found.

    """

    line: int
    place: str
    rule: str
    text: str

    def __str__(self) -> str:
        """As a linter prints it."""
        return f"{self.place}: {self.rule}: {self.text}"
