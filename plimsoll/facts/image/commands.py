"""What a command comes to start: through programs that start another, and through a shell that is given a line."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from plimsoll.facts.image import programs
from plimsoll.parsing.shell import ASSIGNMENT, SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.image.image import Image

INITS = {"tini", "tini-static", "docker-init", "dumb-init", "catatonit"}
STEPPED_DOWN = {"gosu", "su-exec", "s6-setuidgid"}
"""What takes a user's name before the program."""

VALUED = {"-e", "-p", "-r", "--rewrite", "-u", "-C", "--chdir", "--unset"}
"""The options of these whose next word is a value."""

ARGUMENTS = re.compile(r"\$(?:\{?[\d@*#]|\{[!#][\d@*])|\bshift\b|\bgetopts\b")
"""Where a shell's script looks at the words that it is given."""


def started(image: Image) -> Iterator[tuple[str, bool]]:
    """The programs that the image's command starts one after another, and whether a shell does it; no shell itself."""
    words = image.entrypoint
    while words:
        line, _ = script(image, words)
        if line:
            program = programs.first(line)
            if program and "PATH=" not in line:
                yield program, True
            return
        yield words[0], False
        words = _behind(words)


def dropped(image: Image) -> list[str]:
    """The words of CMD that reach no program: a shell has them as its own arguments, and its script takes none."""
    given = list(image.config.get("Cmd") or [])
    line, rest = script(image, list(image.config.get("Entrypoint") or []))
    return given if line and not ARGUMENTS.search(f"{line} {' '.join(rest)}") else []


def script(image: Image, words: list[str]) -> tuple[str, list[str]]:
    """The line that a command gives to a shell, and the words behind it; empty where it is no such command."""
    own = list(image.config.get("Shell") or programs.SHELL)
    if words[: len(own)] == own:
        words = words[len(own) :]
    elif words and posixpath.basename(words[0]) in SHELLS and re.fullmatch(r"-[a-z]*c", "".join(words[1:2])):
        words = words[2:]
    else:
        return "", []
    return (words[0].strip(), words[1:]) if words else ("", [])


def _behind(words: list[str]) -> list[str]:
    """What a program starts that is there to start another; empty where it is none, or where that can't be told."""
    name, rest = posixpath.basename(words[0]), words[1:]
    if name not in INITS | STEPPED_DOWN | {"env", "exec"}:
        return []
    while rest and (rest[0].startswith("-") or (name == "env" and ASSIGNMENT.match(rest[0]))):
        option = rest.pop(0)
        if option == "--":
            break
        if option.startswith("-S") or (name == "env" and ASSIGNMENT.match(option) and option.startswith("PATH=")):
            return []
        if option in VALUED:
            rest = rest[1:]
    return rest[1:] if name in STEPPED_DOWN else rest
