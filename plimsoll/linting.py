"""What linters say that belongs to a rule: hadolint by the text alone, BuildKit once an engine is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.facts.text import linters
from plimsoll.facts.written import DIAGNOSTICS

if TYPE_CHECKING:
    from plimsoll.facts.gathering import Facts
    from plimsoll.rule import Rule

BUILD_CHECKS = "build_checks"
"""The fact of what BuildKit's linter says."""

HADOLINT = "hadolint"
BUILDKIT = "BuildKit's own checks"
"""What people call the two."""


def adds_checks(rule: Rule) -> bool:
    """Whether BuildKit's linter has more to say on a rule than hadolint, which is asked before."""
    return DIAGNOSTICS in rule.wants and linters.is_of_both(rule.name)


def said(rule: Rule, facts: Facts, *, by_text: bool) -> tuple[list[tuple[str, str]], dict[str, PlimsollError]]:
    """What hadolint says, and where it is silent BuildKit, places with words; and why one of them can't be had.

    Args:
        rule: to which it belongs.
        facts: what is known of the subject.
        by_text: without BuildKit.

    Raises:
        PlimsollError: hadolint can't be had, and the rule has nothing to say without it.

    """
    found: list[tuple[str, str]] = []
    lacking: dict[str, PlimsollError] = {}
    asked = {DIAGNOSTICS: HADOLINT, **({BUILD_CHECKS: BUILDKIT} if adds_checks(rule) and not by_text else {})}
    for fact, linter in asked.items():
        try:
            more: list[tuple[str, str]] = facts.get(fact)(rule.name)
        except PlimsollError as error:
            if linter == HADOLINT and len(rule.wants) == 1:
                raise
            lacking[linter] = error
        else:
            places = {place for place, _ in found}
            found += [each for each in more if each[0] not in places]
    return found, lacking
