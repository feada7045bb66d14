"""Credentials that stand in what a Dockerfile runs, fetches or has run: its steps, its command, its health check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.facts.secrets import examples, names, search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.parsing.instructions import Instruction

AT_BUILD = {"ADD", "COPY", "RUN"}
AT_RUN_TIME = {"CMD", "ENTRYPOINT", "HEALTHCHECK"}

TYPED = re.compile(
    r"\b(?:echo|printf)\s+(?:-\w+\s+|[\"']?%s(?:\\n)?[\"']?\s+)*[\"']?(?:\S*:)?(?P<typed>[^\s:\"'|]{3,})[\"']?\s*\|"
    r"\s*(?:\S+\s+)*?(?:chpasswd|passwd\b[^|;&\n]*--stdin|\S+\s[^|;&\n]*--password-stdin)"
    r"|\b(?:useradd|usermod|adduser)\b[^|;&\n]*?\s(?:-p|--password)[= ][\"']?(?![!*])(?P<given>[^\s\"']{3,})"
)
"""How a script gives a password to a program that asks for it."""

WRITTEN = re.compile(
    r"(?<=[:\s\"'])_(?:authToken|auth|password)[\s=]\s*[\"']?(?P<npm>[^\s\"']{8,})"
    r"|\bmachine\s+\S+\s+login\s+\S+\s+password\s+[\"']?(?P<netrc>[^\s\"']{3,})"
)
"""How a login stands in the files of npm and of netrc, wherever a script writes it to."""


def in_steps(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The lines that tell a credential, each with the first that it does."""
    for instruction in dockerfile.instructions:
        if what := next(_told(instruction), ""):
            yield instruction.line, f"{instruction.keyword} tells {what}"


def _told(instruction: Instruction) -> Iterator[str]:
    if instruction.keyword in AT_BUILD:
        # A step may need any value to go through, such as a dummy key: what is plainly an example is no secret there.
        text = instruction.script if instruction.keyword == "RUN" else instruction.arguments
        yield from (each.what for each in search.in_text(text))
        yield from _by_scripts(text)
    elif instruction.keyword in AT_RUN_TIME:
        yield from (each.what for each in search.in_command(instruction.arguments))


def _by_scripts(text: str) -> Iterator[str]:
    for match in TYPED.finditer(text):
        if not names.is_nothing(match["typed"] or match["given"]):
            yield "the password of a user"
    for match in WRITTEN.finditer(text):
        word = match["npm"] or match["netrc"]
        if not names.is_nothing(word) and examples.is_password(word.encode(errors="replace")):
            yield "a kept login"
