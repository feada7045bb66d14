"""Secrets that an image tells with its configuration: its environment, its labels, the history of its steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.images import secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.images.image import Image

SECRET_NAME = re.compile(
    r"(?i)(?:^|[_.-])(?:pass|password|passwd|passphrase|pwd|secret|token|credentials?"
    r"|(?:api|access|secret|private|signing|encryption|auth)_?key)$"
)
"""The name of a variable that holds a secret: what it ends with says so."""

NO_SECRET = re.compile(r"(?i)/.*|true|false|yes|no|on|off|\d{1,3}|(?:file|env|vault)://?.*")
"""Values that are none, whatever their name: a place, a switch, a number."""

ARGUMENTS = re.compile(r"^(?:RUN )?\|\d+ ")
"""How the history begins to tell of a step that was given build arguments: with how many."""

ARGUMENT = re.compile(r"(?:^|\s)(\w+)=(\S+)")

LONGEST_STEP = 80
"""Letters of a step that are shown."""


class Disclosure(NamedTuple):
    """One secret.

    Attributes:
        where: the variable, the label or the step.
        what: what it is.

    """

    where: str
    what: str


def in_environment(image: Image) -> list[Disclosure]:
    """The secrets among the variables that every container of the image is given."""
    found = []
    for name, value in image.environment.items():
        told = _told(value)
        if not told and SECRET_NAME.search(name) and _is_secret(value):
            told = ["a secret, as its name says"]
        found += [Disclosure(f"the variable {name}", what) for what in told]
    return found


def in_history(image: Image) -> list[Disclosure]:
    """The secrets in the steps that made the image, and in its labels."""
    found = []
    for step in image.history:
        words = str(step.get("created_by") or "")
        # What ENV sets is in the environment, of which another rule speaks.
        told = [] if words.startswith("ENV ") else dict.fromkeys((*_told(words), *_arguments(words)))
        found += [Disclosure(f"the step `{_short(words)}`", what) for what in told]
    for name, value in image.labels.items():
        found += [Disclosure(f"the label {name}", what) for what in _told(value)]
    return found


def _told(text: str) -> list[str]:
    return [f"{each.what} ({each.shown})" for each in secrets.in_text(text)]


def _arguments(words: str) -> Iterator[str]:
    """The build arguments of a step whose names say that they are secrets."""
    begins = ARGUMENTS.match(words)
    if begins:
        number = int(begins[0].strip().partition("|")[2])
        for name, value in ARGUMENT.findall(words[begins.end() :])[:number]:
            if SECRET_NAME.search(name) and _is_secret(value):
                yield f"the build argument {name}"


def _is_secret(value: str) -> bool:
    return bool(value) and not NO_SECRET.fullmatch(value) and not value.startswith(("$", "<", "{"))


def _short(words: str) -> str:
    """Enough of a step to know it by, and nothing of what is secret in it."""
    kept = words.removeprefix("/bin/sh -c ").removeprefix("#(nop) ").removesuffix(" # buildkit").split()
    shown = " ".join("…" if _told(word) or ARGUMENT.fullmatch(word) else word for word in kept)
    return f"{kept[0]} …" if _told(shown) else shown[:LONGEST_STEP]
