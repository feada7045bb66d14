"""A Dockerfile's text as instructions: line ends, directives, comments, continued lines, flags and heredocs.

Written here because no Python library reads heredocs; the grammar is that of Docker's Dockerfile reference, where it is
silent that of BuildKit's parser. Every text is read in time that grows with its length.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plimsoll.parsing import shell
from plimsoll.parsing.heredocs import Heredoc, announced, heredoc

if TYPE_CHECKING:
    from collections.abc import Iterator

DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*?)\s*")
DIRECTIVES = {"check", "escape", "syntax"}
SPACE = re.compile(r"[\t\v\f\r ]+")
WITH_HEREDOCS = {"ADD", "COPY", "RUN"}
OF_A_SHELL = {"CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN", "SHELL"}
"""What is given to a shell, which has its own escape character."""

SHELL = ("/bin/sh", "-c")
"""What runs the shell form where no SHELL says otherwise."""


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        line: the number of its first line, from 1.
        keyword: in upper case.
        arguments: what follows the keyword and its flags, continuation lines joined.
        flags: `--name=value`, in order; a flag can be given more than once.
        heredocs: the bodies of its heredocs.
        announced: how they are announced, in the same order.
        bodies: the number of its last line before them, and that of its last line.
        comments: those that stand above it, without their marks.
        escape: the file's escape character.
        shell: what its shell form is given to.

    """

    line: int
    keyword: str
    arguments: str
    flags: tuple[tuple[str, str], ...] = ()
    heredocs: tuple[str, ...] = ()
    announced: tuple[Heredoc, ...] = ()
    bodies: tuple[int, int] = (0, 0)
    comments: tuple[str, ...] = ()
    escape: str = "\\"
    shell: tuple[str, ...] = SHELL

    @property
    def exec_form(self) -> list[str] | None:
        """The words of a JSON array, None for the shell form."""
        if not self.arguments.startswith("["):
            return None
        try:
            words = json.loads(self.arguments)
        except (ValueError, RecursionError):
            return None
        return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None

    @property
    def words(self) -> list[str]:
        """Its arguments as words, from either form."""
        if (words := self.exec_form) is not None:
            return words
        if self.keyword in OF_A_SHELL:
            return shell.words(self.arguments)
        return [_unquoted(word, self.escape) for word in _pieces(self.escape).findall(self.arguments)]

    @property
    def script(self) -> str:
        """All that a RUN gives to the shell."""
        return "\n".join((self.arguments, *self.heredocs))

    @property
    def is_one_heredoc(self) -> bool:
        """Whether the one heredoc that a RUN has is its script, and no command's input."""
        return len(self.heredocs) == 1 and heredoc(self.arguments) is not None

    @property
    def is_for_a_shell(self) -> bool:
        """Whether what runs its shell form reads the language of shells: SHELL may be any program."""
        return shell.is_shell(self.shell)

    @property
    def pairs(self) -> dict[str, str | None]:
        """The names of an ARG, ENV or LABEL with their values, None for a name without one."""
        words: list[str] = _pieces(self.escape).findall(self.arguments)
        if words and self.keyword != "ARG" and "=" not in words[0]:
            name, *rest = SPACE.split(self.arguments, maxsplit=1)  # the old form, `ENV name value`
            return {_unquoted(name, self.escape): "".join(rest).strip()}
        return {
            _unquoted(name, self.escape): _unquoted(value, self.escape) if given else None
            for name, given, value in (word.partition("=") for word in words)
        }

    @property
    def trigger(self) -> Instruction | None:
        """The instruction that an ONBUILD keeps for later, None for any other instruction."""
        if self.keyword != "ONBUILD" or not self.arguments:
            return None
        return _instruction(self, self.arguments)

    @property
    def sources(self) -> list[str]:
        """What a COPY or ADD takes; heredocs, which are no files, left out."""
        written = self.exec_form or SPACE.split(self.arguments)
        if self.exec_form is None and any(heredoc(word) for word in written[:-1]):
            return [_unquoted(word, self.escape) for word in written[:-1] if heredoc(word) is None]
        return self.words[:-1]

    def flag(self, name: str) -> list[str]:
        """The values of a flag, empty where it was not given."""
        return [value for key, value in self.flags if key == name]

    @property
    def mounts(self) -> list[dict[str, str]]:
        """The options of its `--mount` flags, with the names that the reference gives them first."""
        return [
            {
                {"src": "source", "dst": "target", "destination": "target"}.get(key, key): value
                for key, _, value in (option.partition("=") for option in mount.split(","))
            }
            for mount in self.flag("mount")
        ]


def directives(text: str) -> dict[str, str]:
    """The parser directives at the top of a Dockerfile, or below a first line that names a program."""
    lines = _lines(text)
    begins = 1 if lines[0].startswith("#!") else 0
    found: dict[str, str] = {}
    for line in lines[begins:]:
        match = DIRECTIVE.fullmatch(line.strip())
        if match is None or match[1].lower() not in DIRECTIVES or match[1].lower() in found:
            break
        found[match[1].lower()] = match[2]
    if begins:
        found.pop("escape", None)  # BuildKit looks past such a line for the others alone
    return found


def read(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile, in order."""
    lines = _lines(text)
    given = directives(text)
    escape = given.get("escape", "\\")
    goes_on = re.compile(rf"(?:^|(?<=[^{re.escape(escape)}])){re.escape(escape)}[ \t]*$")
    comments: list[str] = []
    position = 0
    while position < len(lines):
        first = position
        if _is_empty(lines[position]):
            if position >= len(given):
                _note(comments, lines[position].strip())
            position += 1
            continue
        joined: list[str] = []
        while position < len(lines):
            line = lines[position].rstrip("\r")
            position += 1
            if joined and _is_empty(line):
                continue
            part = goes_on.sub("", line)
            joined.append(_jointed(joined[-1], part, escape) if joined else part.lstrip())
            if part == line:
                break
        bare = Instruction(first + 1, "", "", bodies=(position, position), comments=tuple(comments), escape=escape)
        whole = "".join(joined)
        instruction = _instruction(bare, whole)
        announcing = instruction.trigger or instruction
        if announcing.keyword in WITH_HEREDOCS and "<<" in whole and announcing.exec_form is None:
            found, bodies, head = tuple(announced(whole)), [], position
            for each in found:
                body, position = _body(lines, position, each)
                bodies.append(body)
            instruction = replace(instruction, heredocs=tuple(bodies), announced=found, bodies=(head, position))
        yield instruction
        comments = []


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").removesuffix("\n").split("\n")


def _is_empty(line: str) -> bool:
    """Whether a line is blank or a comment: between continued lines it does not count either."""
    start = line.lstrip()
    return not start or start.startswith("#")


def _note(comments: list[str], line: str) -> None:
    """Add a line to the comments so far; an empty comment ends what is said of the next instruction."""
    if line == "#":
        comments.clear()
    elif line:
        comments.append(line.removeprefix("#").strip())


def _jointed(before: str, line: str, escape: str) -> str:
    """A continued line as it is put to the one before: words stay apart if there was space, one space is enough."""
    indented = line[:1].isspace()
    if before.endswith(f"{escape} "):
        apart = indented  # that space is a letter
    else:
        apart = bool((indented or before[-1:].isspace()) and before.strip()) and not before.endswith(" ")
    return " " * apart + line.lstrip()


def _instruction(bare: Instruction, text: str) -> Instruction:
    """An instruction by its text, on the place of another."""
    keyword, *given = SPACE.split(text.strip(), maxsplit=1)
    rest = "".join(given)
    flags: list[tuple[str, str]] = []
    position = 0
    while (match := _flag(bare.escape).match(rest, position)) is not None:
        position = match.end()
        word = _plain(match[1], bare.escape)
        if word == "--":
            break
        name, _, value = word[2:].partition("=")
        flags.append((name, value))
    return replace(bare, keyword=keyword.upper(), arguments=rest[position:].strip(), flags=tuple(flags))


@functools.cache
def _pieces(escape: str) -> re.Pattern[str]:
    """A word with its quotes; one that is never closed lasts to the end."""
    e = re.escape(escape)
    return re.compile(rf"""(?:{e}.|"(?:{e}.|[^"{e}])*(?:"|{e}?$)|'[^']*(?:'|$)|[^\s"'{e}]|{e}$)+""", re.DOTALL)


@functools.cache
def _flag(escape: str) -> re.Pattern[str]:
    """A word that begins with `--`, and the space behind it."""
    e = re.escape(escape)
    inside = "|".join(f"{quote}(?:{e}.|[^{quote}{e}])*(?:{quote}|{e}?$)" for quote in "\"'")
    return re.compile(rf"""\s*(--(?:{e}.|{inside}|[^\s"'{e}]|{e}$)*)(?:\s+|$)""", re.DOTALL)


def _plain(word: str, escape: str) -> str:
    """A flag without its quotes and escapes."""
    e = re.escape(escape)
    quoted = rf"""{e}(.?)|"((?:{e}.|[^"{e}])*)(?:"|{e}?$)|'((?:{e}.|[^'{e}])*)(?:'|{e}?$)"""

    def bare(match: re.Match[str]) -> str:
        inside = match[2] or match[3] or ""
        return match[1] or re.sub(rf"{e}(.)", r"\1", inside, flags=re.DOTALL)

    return re.sub(quoted, bare, word, flags=re.DOTALL)


def _unquoted(word: str, escape: str) -> str:
    """A word without its quotes; in double ones an escape counts before a quote, a dollar and itself alone."""
    e = re.escape(escape)

    def bare(match: re.Match[str]) -> str:
        if match["double"] is not None:
            return re.sub(rf"{e}([\"${e}])", r"\1", match["double"])
        return match["single"] if match["single"] is not None else match["escaped"]

    quoted = rf"""\"(?P<double>(?:{e}.|[^\"{e}])*)\"|'(?P<single>[^']*)'|{e}(?P<escaped>.?)"""
    return re.sub(quoted, bare, word, flags=re.DOTALL)


def _body(lines: list[str], position: int, document: Heredoc) -> tuple[str, int]:
    body: list[str] = []
    while position < len(lines):
        line = lines[position].lstrip("\t") if document.tabs else lines[position]
        position += 1
        if line.rstrip("\r") == document.name:
            break
        body.append(line)
    return "\n".join(body), position
