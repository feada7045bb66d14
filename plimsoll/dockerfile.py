"""What a Dockerfile says of itself: its instructions with their lines, and its stages.

Written here because no Python library reads heredocs; the grammar is that of Docker's Dockerfile reference.
BuildKit itself remains the judge of whether a Dockerfile is valid (`docker build --check`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEREDOC = re.compile(r"<<(-?)\s*([\"']?)([A-Za-z_]\w*)\2")
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?([-+])([^}]*))?\})")
FLAG = re.compile(r"--([a-z][\w.-]*)(?:=(\S*))?\s+")


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        line: the number of its first line, from 1.
        keyword: in upper case.
        arguments: what follows the keyword and its flags, continuation lines joined.
        flags: `--name=value`, in order; a flag can be given more than once.
        heredocs: the bodies of its heredocs.

    """

    line: int
    keyword: str
    arguments: str
    flags: tuple[tuple[str, str], ...] = ()
    heredocs: tuple[str, ...] = ()

    @property
    def exec_form(self) -> list[str] | None:
        """The words of a JSON array, None for the shell form."""
        try:
            words = json.loads(self.arguments)
        except ValueError:
            return None
        return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None

    @property
    def script(self) -> str:
        """All that a RUN gives to the shell."""
        return "\n".join((self.arguments, *self.heredocs))

    def flag(self, name: str) -> list[str]:
        """The values of a flag, empty where it was not given."""
        return [value for key, value in self.flags if key == name]


@dataclass
class Stage:
    """One stage: from a FROM up to the next.

    Attributes:
        index: from 0.
        name: as written after AS, empty without.
        base: image or stage, with build arguments resolved by their defaults.
        line: the line of its FROM.
        platform: the value of `--platform`, empty without.
        instructions: those after FROM.

    """

    index: int
    name: str
    base: str
    line: int
    platform: str = ""
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, *keywords: str) -> list[Instruction]:
        """Its instructions with one of these keywords."""
        return [instruction for instruction in self.instructions if instruction.keyword in keywords]


class Dockerfile:
    """A parsed Dockerfile.

    Args:
        text: its content; line ends of either kind.
        path: where it came from, for messages.

    Raises:
        PlimsollError: an instruction stands before the first FROM, or there is none.

    """

    def __init__(self, text: str, path: Path | None = None) -> None:
        self.text = text
        self.path = path
        self.arguments: dict[str, str] = {}
        """Build arguments declared before the first FROM, with their defaults."""
        self.stages: list[Stage] = []
        for instruction in _instructions(text):
            self._add(instruction)
        if not self.stages:
            raise PlimsollError(f"{path or 'the Dockerfile'} has no FROM", "begin it with `FROM image`")

    @classmethod
    def read(cls, path: Path) -> Dockerfile:
        """The Dockerfile at a path.

        Raises:
            PlimsollError: it is not there, is not text, or has no FROM.

        """
        try:
            return cls(path.read_text(encoding="utf-8-sig"), path)
        except FileNotFoundError as error:
            raise PlimsollError(f"{path} is not there", "name a folder with a Dockerfile") from error
        except (OSError, UnicodeDecodeError) as error:
            raise PlimsollError(f"{path} can't be read, {error}", "a Dockerfile is a text file in UTF-8") from error

    def _add(self, instruction: Instruction) -> None:
        if instruction.keyword == "FROM":
            words = instruction.arguments.split()
            name = words[2] if len(words) > 2 and words[1].upper() == "AS" else ""
            self.stages.append(
                Stage(
                    index=len(self.stages),
                    name=name,
                    base=self.resolve(words[0]) if words else "",
                    line=instruction.line,
                    platform="".join(instruction.flag("platform")),
                )
            )
        elif self.stages:
            self.stages[-1].instructions.append(instruction)
        elif instruction.keyword == "ARG":
            name, _, default = instruction.arguments.partition("=")
            self.arguments[name.strip()] = default.strip().strip("\"'")
        else:
            raise PlimsollError(
                f"{self.path or 'Dockerfile'}:{instruction.line}: {instruction.keyword} stands before the first FROM",
                "begin with `FROM image`",
            )

    def resolve(self, text: str) -> str:
        """Text with the global build arguments put in by their defaults."""

        def value(match: re.Match[str]) -> str:
            given = self.arguments.get(match[1] or match[2], "")
            if match[3] == "+":
                return match[4] if given else ""
            return given or (match[4] or "")

        return VARIABLE.sub(value, text)

    @property
    def last(self) -> Stage:
        """The stage that a plain `docker build` gives."""
        return self.stages[-1]

    def stage(self, reference: str, before: int | None = None) -> Stage | None:
        """The stage with a name or number, None where there is none (before the stage of that number)."""
        for stage in self.stages[:before]:
            if reference.lower() == stage.name.lower() != "" or reference == str(stage.index):
                return stage
        return None

    def lineage(self, stage: Stage) -> list[Stage]:
        """The stage and those that it is built on, nearest first."""
        line = [stage]
        while (parent := self.stage(line[-1].base, before=line[-1].index)) is not None:
            line.append(parent)
        return line

    def needed(self, stage: Stage) -> list[Stage]:
        """All stages that must be built for one, in the order of the file, itself included."""
        seen: dict[int, Stage] = {}
        waiting = [stage]
        while waiting:
            current = waiting.pop()
            if current.index in seen:
                continue
            seen[current.index] = current
            sources = [current.base, *(source for source, _ in _sources(current))]
            waiting += [other for source in sources if (other := self.stage(source, before=current.index))]
        return [seen[index] for index in sorted(seen)]

    @cached_property
    def bases(self) -> dict[str, int]:
        """The images from outside that it names, each with the first line that does."""
        names: dict[str, int] = {}
        for stage in self.stages:
            for name, line in [(stage.base, stage.line), *_sources(stage)]:
                inside = name == "scratch" or self.stage(name, before=stage.index) is not None
                if name and not inside and "$" not in name:
                    names.setdefault(name, line)
        return names


def _sources(stage: Stage) -> Iterator[tuple[str, int]]:
    """What a stage copies or mounts from: stages, images or named contexts."""
    for instruction in stage.all("COPY", "ADD", "RUN"):
        for value in instruction.flag("from"):
            yield value, instruction.line
        for mount in instruction.flag("mount"):
            for option in mount.split(","):
                key, _, value = option.partition("=")
                if key == "from":
                    yield value, instruction.line


def _instructions(text: str) -> Iterator[Instruction]:
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    escape = "\\"
    position = 0
    while position < len(lines):
        directive = re.fullmatch(r"#\s*([a-zA-Z]+)\s*=\s*(\S.*?)\s*", lines[position])
        if directive is None:
            break
        if directive[1].lower() == "escape":
            escape = directive[2]
        position += 1
    while position < len(lines):
        first = position
        if not lines[position].strip() or lines[position].lstrip().startswith("#"):
            position += 1
            continue
        parts: list[str] = []
        while position < len(lines):
            line = lines[position]
            position += 1
            if parts and (not line.strip() or line.lstrip().startswith("#")):
                continue
            stripped = line.rstrip()
            parts.append(stripped.removesuffix(escape))
            if not stripped.endswith(escape):
                break
        keyword, _, rest = " ".join(part.strip() for part in parts).partition(" ")
        rest = rest.strip()
        bodies: list[str] = []
        if keyword.upper() in {"RUN", "COPY", "ADD"}:
            for marker in HEREDOC.finditer(rest):
                body, position = _heredoc(lines, position, marker[3], tabs=bool(marker[1]))
                bodies.append(body)
        flags: list[tuple[str, str]] = []
        while match := FLAG.match(rest + " "):
            flags.append((match[1], (match[2] or "").strip("\"'")))
            rest = rest[match.end() :]
        yield Instruction(first + 1, keyword.upper(), rest, tuple(flags), tuple(bodies))


def _heredoc(lines: list[str], position: int, end: str, *, tabs: bool) -> tuple[str, int]:
    body: list[str] = []
    while position < len(lines):
        line = lines[position].lstrip("\t") if tabs else lines[position]
        position += 1
        if line.rstrip("\r") == end:
            break
        body.append(line)
    return "\n".join(body), position
