"""Explaining a rule: what `plimsoll explain` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll import lessons
from plimsoll.commands import codes
from plimsoll.rule import rule_named

if TYPE_CHECKING:
    import argparse


def run(given: argparse.Namespace) -> int:
    """Print a rule's lesson.

    Raises:
        PlimsollError: there is no such rule.

    """
    found = rule_named(given.rule)
    print(lessons.explained(found.name, found.why), end="")
    return codes.CLEAN
