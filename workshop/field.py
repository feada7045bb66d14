"""The cases from the field: what they are built from, and what counts as naming their cause."""

from __future__ import annotations

import re
from typing import Any

from plimsoll.errors import PlimsollError
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.say import say
from workshop import bases
from workshop.root import ROOT

CASES = "tests/field/cases"
RETOLD = "tests/field/repositories"
"""What others wrote, or might have: it is judged, and not mended."""

GRAVE = {"error", "warning"}
"""The levels of what a case's verdict rests on."""


def ensure_bases() -> None:
    """Have the bases of all cases; one that can't be had is told, and the test of its case says what that means."""
    for name, place in _named().items():
        try:
            bases.ensure({name: place})
        except PlimsollError as error:
            say(str(error))


def _named() -> dict[str, str]:
    named: dict[str, str] = {}
    for file in sorted((ROOT / CASES).rglob("*Dockerfile")):
        for name, line in Dockerfile.read(file).bases.items():
            named.setdefault(name, f"{file.relative_to(ROOT)}:{line}")
    return named


def findings(results: list[dict[str, Any]]) -> list[tuple[str, str, dict[str, str]]]:
    """Every finding in the JSON of a check, with its level and its rule."""
    return [(each["level"], each["rule"], finding) for each in results for finding in each["findings"]]


def is_named(expected: dict[str, str], results: list[dict[str, Any]]) -> bool:
    """Whether some finding that is grave enough names the cause: the rule, the place, what is there."""
    return any(
        rule == expected["rule"]
        and level in GRAVE
        and re.search(expected.get("place", ""), finding["place"])
        and re.search(expected.get("found", ""), finding["found"])
        for level, rule, finding in findings(results)
    )
