"""What a Dockerfile says of itself: its stages, what they stand on and what they need.

BuildKit itself remains the judge of whether a Dockerfile is valid (`docker build --check`).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from plimsoll.errors import UnreadableError
from plimsoll.parsing import instructions
from plimsoll.parsing.instructions import SHELL
from plimsoll.units import show_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from plimsoll.parsing.instructions import Instruction

MOST = 1_000_000
"""Bytes of a Dockerfile, which people write."""

KEYWORDS = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip
"""All instructions that there are, but for those of another syntax."""

TEXT = "a Dockerfile is a text file in UTF-8"

VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?([-+])([^{}]*))?\})")

PLATFORM_ARGUMENTS = {f"{side}{part}" for side in ("BUILD", "TARGET") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")}
"""The build arguments that BuildKit gives by itself, once they are declared."""

TESTS = {"test", "testing", "tests", "unit-test", "unit-tests", "unittest"}
"""Names of stages that run the unit tests, in lower case."""

DEVELOPMENT = TESTS | {"debug", "dev", "devel", "development", "e2e", "lint", "linter", "single"}
"""Names of all stages and variants that are never deployed, in lower case."""

WORKBENCH = re.compile(
    r"(?:dev|devel|development)[-_.].+|(?!.*\b(?:no|non|not|without)[-_.]).+[-_.](?:dev|devel|development)"
)
"""A name that says so with more words, such as `dev-envs` or `node_dev`; `no-dev` says the contrary."""


def is_development(name: str) -> bool:
    """Whether a stage or a variant of that name is never deployed."""
    return name.lower() in DEVELOPMENT or bool(WORKBENCH.fullmatch(name.lower()))


@dataclass
class Stage:
    """One stage: from a FROM up to the next.

    Attributes:
        index: from 0.
        name: as written after AS, empty without.
        base: image or stage, with build arguments put in; one without a value stays as it is written.
        line: the line of its FROM.
        platform: the value of `--platform`, empty without.
        written: what its FROM says, arguments not resolved.
        instructions: those after FROM.
        comments: those above its FROM.
        shell: what the shell form is given to, by its own last SHELL or that of the stage below.

    """

    index: int
    name: str
    base: str
    line: int
    platform: str = ""
    written: str = ""
    instructions: list[Instruction] = field(default_factory=list)
    comments: tuple[str, ...] = ()
    shell: tuple[str, ...] = SHELL

    def add(self, instruction: Instruction) -> None:
        """Add an instruction after the others."""
        self.instructions.append(replace(instruction, shell=self.shell))
        if instruction.keyword == "SHELL":
            self.shell = tuple(instruction.exec_form or self.shell)

    def all(self, *keywords: str) -> list[Instruction]:
        """Its instructions with one of these keywords."""
        return [instruction for instruction in self.instructions if instruction.keyword in keywords]


class Dockerfile:
    """A parsed Dockerfile.

    Args:
        text: its content; line ends of either kind.
        path: where it came from, for messages.
        given: build arguments that a build is given, which count in place of their defaults.

    Raises:
        UnreadableError: an instruction stands before the first FROM, there is no FROM, or no such instruction.

    """

    def __init__(self, text: str, path: Path | None = None, given: Mapping[str, str] | None = None) -> None:
        self.text = text
        self.path = path
        self.given = dict(given or {})
        self.arguments: dict[str, str] = {}
        """Build arguments declared before the first FROM, with what they are given, or their defaults."""
        self.stages: list[Stage] = []
        self.declared: list[Instruction] = []
        """The ARG instructions before the first FROM."""
        self.comments: list[str] = []
        """All that stand above an instruction."""
        self.directives = instructions.directives(text)
        for instruction in instructions.read(text):
            self._add(instruction)
        if not self.stages:
            raise UnreadableError(f"{path or 'the Dockerfile'} has no FROM", "begin it with `FROM image`")

    @classmethod
    def read(cls, path: Path, given: Mapping[str, str] | None = None) -> Dockerfile:
        """The Dockerfile at a path.

        Args:
            path: where it is.
            given: build arguments that a build is given.

        Raises:
            UnreadableError: it is not there, is not text, is too large to have been written, or has no FROM.

        """
        try:
            with path.open("rb") as file:
                content = file.read(MOST + 1)
            if len(content) > MOST:
                size = show_size(path.stat().st_size)
                raise UnreadableError(f"{path} is no Dockerfile, it has {size}", f"none is over {show_size(MOST)}")
            if b"\0" in content:
                raise UnreadableError(f"{path} is no Dockerfile, it is binary", TEXT)
            return cls(content.decode("utf-8-sig"), path, given)
        except FileNotFoundError as error:
            raise UnreadableError(f"{path} is not there", "name a folder with a Dockerfile") from error
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableError(f"{path} can't be read, {error}", TEXT) from error

    def _add(self, instruction: Instruction) -> None:
        if instruction.keyword not in KEYWORDS and "syntax" not in self.directives:
            meant = [f"do you mean {each}?" for each in difflib.get_close_matches(instruction.keyword, KEYWORDS, n=1)]
            raise UnreadableError(
                f"{self.path or 'Dockerfile'}:{instruction.line}: there is no instruction {instruction.keyword[:20]}",
                *(meant or [f"there are {', '.join(sorted(KEYWORDS))}"]),
            )
        self.comments += instruction.comments
        if instruction.keyword == "FROM":
            words = instruction.arguments.split()
            base = self.resolve(words[0]).strip("\"'") if words else ""
            below = self.stage(base)
            self.stages.append(
                Stage(
                    index=len(self.stages),
                    name=words[2] if len(words) > 2 and words[1].upper() == "AS" else "",
                    base=base,
                    line=instruction.line,
                    platform="".join(instruction.flag("platform")),
                    written=" ".join([instruction.arguments, *instruction.flag("platform")]),
                    shell=below.shell if below else SHELL,
                    comments=instruction.comments,
                )
            )
        elif self.stages:
            self.stages[-1].add(instruction)
        elif instruction.keyword == "ARG":
            self.declared.append(instruction)
            for name, default in instruction.pairs.items():
                self.arguments[name] = self.given.get(name) or self.resolve(default or "")
        else:
            raise UnreadableError(
                f"{self.path or 'Dockerfile'}:{instruction.line}: {instruction.keyword} stands before the first FROM",
                "begin with `FROM image`",
            )

    def resolve(self, text: str) -> str:
        """Text with the global build arguments put in; one that has none stays as it is written."""

        def value(match: re.Match[str]) -> str:
            given = self.arguments.get(match[1] or match[2], "")
            if match[3] == "+":
                return match[4] if given else ""
            return given or (match[4] if match[3] else match[0])

        return VARIABLE.sub(value, text)

    @property
    def instructions(self) -> list[Instruction]:
        """All its instructions but FROM."""
        return [*self.declared, *(each for stage in self.stages for each in stage.instructions)]

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

    def like(self, reference: str, before: int) -> list[Stage]:
        """The stages before a number that a reference may mean: `build-$TARGETARCH` means any of that beginning."""
        if "$" not in reference:
            return [stage] if (stage := self.stage(reference, before)) else []
        pattern = ".*".join(re.escape(part) for part in VARIABLE.sub("\0", reference).split("\0"))
        names = re.compile(pattern, re.IGNORECASE)
        return [stage for stage in self.stages[:before] if stage.name and names.fullmatch(stage.name)]

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
            waiting += [other for source in sources for other in self.like(source, before=current.index)]
        return [seen[index] for index in sorted(seen)]

    @cached_property
    def references(self) -> list[tuple[str, int]]:
        """The images from outside, each time that one is named, with the line; not those that only a build can tell."""
        return [each for stage in self.stages for each in self.outside(stage)]

    def outside(self, stage: Stage) -> Iterator[tuple[str, int]]:
        """The images from outside that a stage names, each time, with the line."""
        for name, line in [(stage.base, stage.line), *_sources(stage)]:
            inside = name == "scratch" or self.stage(name, before=stage.index) is not None
            if name and not inside and "$" not in name:
                yield name, line

    @cached_property
    def bases(self) -> dict[str, int]:
        """The images from outside that it names, each with the first line that does."""
        names: dict[str, int] = {}
        for name, line in self.references:
            names.setdefault(name, line)
        return names

    def place(self, line: int) -> str:
        """A line of it, as `file:line`."""
        return f"{self.path or 'Dockerfile'}:{line}"


def _sources(stage: Stage) -> Iterator[tuple[str, int]]:
    """What a stage copies or mounts from: stages, images or named contexts."""
    for instruction in stage.all("COPY", "ADD", "RUN"):
        for value in instruction.flag("from"):
            yield value, instruction.line
        for mount in instruction.mounts:
            if "from" in mount:
                yield mount["from"], instruction.line
