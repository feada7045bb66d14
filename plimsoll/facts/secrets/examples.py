"""What tells an example of a secret from one that somebody uses."""

from __future__ import annotations

import re
from itertools import pairwise

EXAMPLE = re.compile(
    rb"(?i)example|placeholder|change.?me|dummy|redacted|insert|replace|your|x{5}|\*{3}|0{6}|\.\.\.|[${}<>]"
)
"""What examples have and secrets have not."""

REFERENCE = re.compile(rb"[${}<>]")
"""What stands for something else has one of these."""

NO_PASSWORD = re.compile(
    rb"(?i)(?:my|the|some|db|default)?[_-]?(?:password|passwd|secret|token|pass|passwort)|none|null|true|false|undefined"
    rb"|string|boolean|required|optional|enabled|disabled|admin|root|guest|test|user|username|postgres|localhost|changeit"
)
"""Words that stand where a password does, and are its name, its type, or what everybody tries first."""


def is_token(word: bytes, *, in_use: bool = False) -> bool:
    """Whether a word that looks like a token is one, and not an example of one.

    Args:
        word: it.
        in_use: whether it stands where something uses it: there, only what says that it is an example is one.

    """
    return not EXAMPLE.search(word) if in_use else is_random(word)


def is_random(token: bytes) -> bool:
    """Whether a token was drawn at random: nothing in it says otherwise, it is varied, and in no order."""
    steps = [after - before for before, after in pairwise(token)]
    in_order = sum(1 for step in steps if step in (0, 1, -1))
    varied = len(set(token)) >= min(10, len(token) // 2)
    return varied and in_order <= len(steps) // 2 and not EXAMPLE.search(token)


def is_password(word: bytes, *, in_use: bool = False) -> bool:
    """Whether a word where a password stands is one.

    Args:
        word: what people chose.
        in_use: whether it stands where something uses it: there, a bad password is one all the same.

    """
    if in_use:
        return not REFERENCE.search(word)
    return not (EXAMPLE.search(word) or NO_PASSWORD.fullmatch(word))
