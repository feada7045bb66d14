"""The cases from the field: what they are built from."""

from __future__ import annotations

from plimsoll.errors import PlimsollError
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.say import say
from workshop import bases
from workshop.root import ROOT

CASES = "tests/field/cases"


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
