"""A Dockerfile's text as instructions: line ends, directives, continued lines, flags and heredocs.

Written here because no Python library reads heredocs; the grammar is that of Docker's Dockerfile reference, where it is
silent that of BuildKit's parser. Every text is read in time that grows with its length.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll.parsing import shell

if TYPE_CHECKING:
    from collections.abc import Iterator

DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*?)\s*")
DIRECTIVES = {"check", "escape", "syntax"}
FLAG = re.compile(r"--([a-z][\w.-]*)(?:=(\S*))?(?:\s+|$)")
HEREDOC = re.compile(r"\d*<<(-?)([\"']?)([^\s<\"']+)\2")
WITH_HEREDOCS = {"ADD", "COPY", "RUN"}
PAIR = re.compile(
    r"""((?:[^\s"'\\=]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)(=?)((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')*)"""
)


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        line: the number of its first line, from 1.
        keyword: in upper case.
        arguments: what follows the keyword and its flags, continuation lines joined.
        flags: `--name=value`, in order; a flag can be given more than once.
        heredocs: the bodies of its heredocs.
        bodies: the number of its last line before them, and that of its last line.

    """

    line: int
    keyword: str
    arguments: str
    flags: tuple[tuple[str, str], ...] = ()
    heredocs: tuple[str, ...] = ()
    bodies: tuple[int, int] = (0, 0)

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
        words = self.exec_form
        return shell.words(self.arguments) if words is None else words

    @property
    def script(self) -> str:
        """All that a RUN gives to the shell."""
        return "\n".join((self.arguments, *self.heredocs))

    @property
    def pairs(self) -> dict[str, str | None]:
        """The names of an ARG, ENV or LABEL with their values, None for a name without one."""
        name, _, rest = self.arguments.partition(" ")
        if self.keyword != "ARG" and "=" not in name:
            return {name: rest.strip()}  # the old form, `ENV name value`
        return {
            shell.unquoted(match[1]): shell.unquoted(match[3]) if match[2] else None
            for match in PAIR.finditer(self.arguments)
        }

    @property
    def trigger(self) -> Instruction | None:
        """The instruction that an ONBUILD keeps for later, None for any other instruction."""
        if self.keyword != "ONBUILD" or not self.arguments:
            return None
        keyword, rest = _split(self.arguments)
        return _instruction(self.line, keyword, rest, self.heredocs, self.bodies)

    @property
    def sources(self) -> list[str]:
        """What a COPY or ADD takes; heredocs, which are no files, left out."""
        return [word for word in self.words[:-1] if not HEREDOC.fullmatch(word)]

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
    """The parser directives at the top of a Dockerfile."""
    found: dict[str, str] = {}
    for line in _lines(text):
        match = DIRECTIVE.fullmatch(line.strip())
        if match is None or match[1].lower() not in DIRECTIVES or match[1].lower() in found:
            break
        found[match[1].lower()] = match[2]
    return found


def read(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile, in order."""
    lines = _lines(text)
    escape = directives(text).get("escape", "\\")
    position = 0
    while position < len(lines):
        first = position
        if _is_empty(lines[position]):
            position += 1
            continue
        joined: list[str] = []
        while position < len(lines):
            line = lines[position]
            position += 1
            if joined and _is_empty(line):
                continue
            part, continued = _continued(line, escape)
            joined.append(_jointed(joined[-1], part) if joined else part.lstrip())
            if not continued:
                break
        keyword, rest = _split("".join(joined))
        subject = _split(rest)[0] if keyword.upper() == "ONBUILD" else keyword
        bodies: list[str] = []
        head = position
        if subject.upper() in WITH_HEREDOCS and "<<" in rest:
            for dash, end in _heredocs(rest):
                body, position = _body(lines, position, end, tabs=bool(dash))
                bodies.append(body)
        yield _instruction(first + 1, keyword, rest, tuple(bodies), (head, position))


def without_heredocs(text: str) -> str:
    """A Dockerfile whose heredocs are empty, every instruction on the line that it was on.

    For tools that do not read all of them.
    """
    lines = _lines(text)
    for instruction in read(text):
        if instruction.heredocs:
            head, end = instruction.bodies
            empty = "true </dev/null" if instruction.arguments.startswith("<<") else "</dev/null"
            for index in range(instruction.line - 1, head):
                lines[index] = re.sub(r"(?<!\S)" + HEREDOC.pattern, empty, lines[index])
            lines[head:end] = ["#"] * (end - head)
    return "\n".join(lines)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")


def _is_empty(line: str) -> bool:
    """Whether a line is blank or a comment: between continued lines it does not count either."""
    start = line.lstrip()
    return not start or start.startswith("#")


def _continued(line: str, escape: str) -> tuple[str, bool]:
    """A line without the mark that says that it goes on, and whether it does."""
    stripped = line.rstrip()
    if stripped.endswith(escape) and not stripped.endswith(escape * 2):
        return stripped.removesuffix(escape), True
    return stripped, False


def _jointed(before: str, line: str) -> str:
    """A continued line as it is put to the one before: words stay apart if there was space, one space is enough."""
    apart = (line[:1].isspace() or before[-1:].isspace()) and before.strip()
    return (" " if apart and not before.endswith(" ") else "") + line.lstrip()


def _split(text: str) -> tuple[str, str]:
    """The first word of a text and what follows it."""
    word, *rest = text.split(maxsplit=1) or [""]
    return word, "".join(rest).rstrip()


def _instruction(line: int, keyword: str, rest: str, heredocs: tuple[str, ...], bodies: tuple[int, int]) -> Instruction:
    flags: list[tuple[str, str]] = []
    position = 0
    while match := FLAG.match(rest, position):
        flags.append((match[1], (match[2] or "").strip("\"'")))
        position = match.end()
    return Instruction(line, keyword.upper(), rest[position:].strip(), tuple(flags), heredocs, bodies)


def _heredocs(rest: str) -> Iterator[tuple[str, str]]:
    """The heredocs that a line announces, each with its dash and its end; what is inside quotes announces nothing."""
    word: list[str] = []
    for match in shell.PIECE.finditer(f"{rest} "):
        if match.lastgroup != "space":
            word.append(match[0])
            continue
        announced = HEREDOC.fullmatch("".join(word))
        if announced:
            yield announced[1], announced[3]
        word = []


def _body(lines: list[str], position: int, end: str, *, tabs: bool) -> tuple[str, int]:
    body: list[str] = []
    while position < len(lines):
        line = lines[position].lstrip("\t") if tabs else lines[position]
        position += 1
        if line.rstrip("\r") == end:
            break
        body.append(line)
    return "\n".join(body), position
