"""Secrets that an image tells with its configuration: its environment, its labels, the history of its steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.facts.secrets import names, search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.image.image import Image
    from plimsoll.facts.secrets.tokens import Found

ARGUMENTS = re.compile(r"^(?:RUN )?\|\d+ ")
"""How the history begins to tell of a step that was given build arguments: with how many."""

ARGUMENT = re.compile(r"(?:^|\s)([\w.-]+)=(\S+)")

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
        told = _named(search.in_variable(name, value))
        if not told and names.is_secret(name) and not names.is_nothing(value):
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
    for place, command in (("the command", image.entrypoint), ("the health check", image.health_check)):
        if not found:
            found += [Disclosure(place, what) for what in _named(search.in_command(command))]
    for name, value in image.labels.items():
        found += [Disclosure(f"the label {name}", what) for what in _named(search.in_label(name, value))]
    return found


def _told(text: str) -> list[str]:
    return _named(search.in_text(text))


def _named(found: list[Found]) -> list[str]:
    return [f"{each.what} ({each.shown})" for each in found]


def _arguments(words: str) -> Iterator[str]:
    """The build arguments of a step whose names say that they are secrets."""
    begins = ARGUMENTS.match(words)
    if begins:
        number = int(begins[0].strip().partition("|")[2])
        for name, value in ARGUMENT.findall(words[begins.end() :])[:number]:
            if names.is_secret(name) and not names.is_nothing(value):
                yield f"the build argument {name}"


def _short(words: str) -> str:
    """Enough of a step to know it by, and nothing of what is secret in it."""
    kept = words.removeprefix("/bin/sh -c ").removeprefix("#(nop) ").removesuffix(" # buildkit").split()
    shown = " ".join("…" if _told(word) or ARGUMENT.fullmatch(word) else word for word in kept)
    return f"{kept[0]} …" if _told(shown) else shown[:LONGEST_STEP]
