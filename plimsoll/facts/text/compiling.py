"""What the stages of a Dockerfile compile for the machine that they run on, and where they put it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from plimsoll.facts.text import steps
from plimsoll.paths import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.parsing.dockerfile import Stage
    from plimsoll.parsing.shell import Command

TARGET = r"TARGET(?:ARCH|PLATFORM)|\bxx-"
ELSEWHERE = {
    "go": re.compile(r"GOARCH|\bxx-|\$\{?TARGET(?:ARCH|PLATFORM)"),
    "cargo": re.compile(rf"{TARGET}|--target\b|CARGO_BUILD_TARGET|CARGO_TARGET_DIR|zigbuild"),
    "cc": re.compile(rf"{TARGET}|-linux-(?:gnu|musl)|CROSS|--target\b|-target\b"),
}
"""What a stage says that compiles for another platform than its own, by the compiler."""

COMPILERS = {"cargo": "cargo", "go": "go", **dict.fromkeys(("c++", "cc", "clang", "clang++", "g++", "gcc"), "cc")}
SETTING = {".", "eval", "source"}
"""Commands that may set anything."""

UNFINISHED = {"-c", "-E", "-S"}


@dataclass(frozen=True)
class Output:
    """What one command compiles.

    Attributes:
        line: of its instruction.
        command: as it is written.
        path: where the program comes to lie, or the folder in which it does.

    """

    line: int
    command: str
    path: str


def outputs(lineage: list[Stage]) -> list[Output]:
    """What a stage compiles for its own platform.

    Args:
        lineage: the stages from the one on a base from outside to this.

    """
    every = [each for stage in lineage for each in stage.all("ARG", "ENV", "RUN")]
    text = "\n".join("\n".join([each.arguments, *each.heredocs]) for each in every)
    return [each for each, compiler in _compiled(lineage) if not ELSEWHERE[compiler].search(text)]


def _compiled(lineage: list[Stage]) -> Iterator[tuple[Output, str]]:
    directory = "/"
    for instruction in (each for stage in lineage for each in stage.all("RUN", "WORKDIR")):
        if instruction.keyword == "WORKDIR":
            directory = posixpath.join(directory, instruction.arguments.strip("\"'"))
            continue
        commands = steps.commands(instruction)
        if any(command.name in SETTING for command in commands):
            continue
        here = directory
        for command in commands:
            if command.name == "cd" and command.operands:
                here = posixpath.join(here, command.operands[0])
            compiler = COMPILERS.get(command.name)
            if compiler and (path := _output(compiler, command)):
                yield Output(instruction.line, str(command), clean(posixpath.join(here, path))), compiler


def _output(compiler: str, command: Command) -> str:
    """Where a command puts what it compiles; empty where it compiles no program."""
    named = _option(command, "-o") or _option(command, "--root")
    does = next(iter(command.operands), "")
    if compiler == "cc":
        return "" if UNFINISHED.intersection(command.words) else named
    if compiler == "go":
        return {"build": named or ".", "install": "/go/bin"}.get(does, "")
    if does == "install":
        return posixpath.join(named or "/usr/local/cargo", "bin")
    return (
        f"target/{'release' if {'-r', '--release'} & {*command.words} else 'debug'}" if does in {"b", "build"} else ""
    )


def _option(command: Command, name: str) -> str:
    for word, following in zip(command.words, [*command.words[1:], ""], strict=True):
        if word == name:
            return following
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""


def is_of(output: Output, source: str) -> bool:
    """Whether what is copied from a stage is, or holds, what was compiled in it; as far as paths tell."""
    if "$" in source or "$" in output.path:
        return False
    copied, made = clean(source), output.path
    inside = posixpath.dirname(copied) == made and not posixpath.splitext(copied)[1]
    moved = posixpath.basename(copied) == posixpath.basename(made) != ""
    return inside or moved or not copied or made.startswith(f"{copied}/") or fnmatch(made, copied)
