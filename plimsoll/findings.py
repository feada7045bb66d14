"""What a broken rule says: where, what was found, what was expected and how to mend it."""

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
        mend: what was expected, and how to get there.

    """

    place: str
    found: str
    mend: str

    def __str__(self) -> str:
        """As a linter prints it."""
        return f"{self.place}: {self.found}: {self.mend}" if self.place else f"{self.found}: {self.mend}"


class BrokenRuleError(AssertionError):
    """A rule does not hold.

    Attributes:
        findings: every place where it does not.

    """

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))


def forbid(found: Iterable[tuple[str, str]], mend: str) -> None:
    """Break the rule that calls this, unless nothing was found.

    Args:
        found: a place and what is there, for each place that breaks the rule.
        mend: what was expected instead, and how to get there.

    Raises:
        BrokenRuleError: something was found.

    """
    findings = [Finding(place, what, mend) for place, what in found]
    if findings:
        raise BrokenRuleError(findings)
