"""Licence expressions as SPDX writes them: `MIT`, `Apache-2.0 OR MIT`, `(GPL-2.0-only WITH Bison-exception-2.2)`."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path

NAMES = Path(__file__).parents[1] / "data/spdx.toml"

WORD = re.compile(r"[()]|[^\s()]+")
OWN = re.compile(r"licenseref-[a-z0-9.-]+")
"""A licence that SPDX has no name for, and that the project itself tells of."""


def is_expression(text: str) -> bool:
    """Whether a text is an expression of SPDX's, of licences that its list names; capitals make no difference."""
    brackets, before = 0, "and"
    for word in WORD.findall(text.lower()):
        kind = _kind(word)
        if before not in FOLLOWS[kind]:
            return False
        brackets += (word == "(") - (word == ")")
        if brackets < 0:
            return False
        before = kind
    return brackets == 0 and before in FOLLOWS[")"]


FOLLOWS = {
    "licence": {"and", "or", "("},
    "exception": {"with"},
    "with": {"licence"},
    "and": {"licence", "exception", ")"},
    "or": {"licence", "exception", ")"},
    "(": {"and", "or", "("},
    ")": {"licence", "exception", ")"},
    "": set[str](),
}
"""What each kind of word may stand after; an expression begins as if an `and` stood before it."""


def _kind(word: str) -> str:
    """What a word is: itself, a licence, an exception, or nothing that SPDX knows."""
    licences, exceptions = names()
    if word.removesuffix("+") in licences or OWN.fullmatch(word):
        return "licence"
    if word in exceptions:
        return "exception"
    return word if word in FOLLOWS else ""


@functools.cache
def names() -> tuple[frozenset[str], frozenset[str]]:
    """The names of licences and of exceptions that SPDX lists, in lower case."""
    listed = tomllib.loads(NAMES.read_text())
    return frozenset(listed["licences"].lower().split()), frozenset(listed["exceptions"].lower().split())
