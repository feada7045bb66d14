"""The lessons: for each rule a pair of Dockerfiles, compose or bake files; the bad one breaks that rule alone."""

from __future__ import annotations

import difflib
import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

FOLDER = (Path(__file__).parent / "data/lessons").resolve()
MEASURED = FOLDER / "measured.toml"
PAIR = ("bad", "good")
COMPOSE = "compose.yaml"
BAKE = "docker-bake.hcl"
BROKEN = "the lesson breaks this rule on purpose"
APP = "lesson-"
"""What the names of the lessons' images begin with, after the project's own prefix."""


@dataclass(frozen=True)
class Lesson:
    """One rule's lesson.

    Attributes:
        rule: the rule's name.
        folder: where its files are.

    """

    rule: str
    folder: Path

    @property
    def why(self) -> str:
        """Its README."""
        readme = self.folder / "README.md"
        return readme.read_text() if readme.is_file() else ""

    @property
    def kind(self) -> str:
        """What its pair are: Dockerfiles, compose files, or bake files where it is about what is published."""
        return next((each for each in (COMPOSE, BAKE) if (self.folder / f"bad.{each}").exists()), "Dockerfile")

    def file(self, which: str) -> Path:
        """One of its pair."""
        return self.folder / f"{which}.{self.kind}"


class Measured(NamedTuple):
    """What tells the bad one of a pair from the good one in figures.

    Attributes:
        found: the first of what the rule finds in the bad one.
        number: how much it finds in it; in the good one nothing.
        bad: what the bad one's image weighs, as people read it; empty where no image is built.
        good: the same of the good one.

    """

    found: tuple[str, ...]
    number: int
    bad: str = ""
    good: str = ""


@functools.cache
def measured() -> dict[str, Measured]:
    """What was measured of each lesson, by its rule's name."""
    given = tomllib.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.is_file() else {}
    return {name: Measured(**{**each, "found": tuple(each["found"])}) for name, each in given.items()}


@functools.cache
def lessons() -> tuple[Lesson, ...]:
    """Every rule's lesson, by name; a folder without a bad one teaches a feature and belongs to no rule."""
    found = (Lesson(folder.name, folder) for folder in sorted(FOLDER.glob("*/")))
    return tuple(lesson for lesson in found if lesson.file("bad").exists())


def difference(lesson: Lesson) -> str:
    """What turns the bad one of a pair into the good one: both, line by line, with a sign before what differs."""
    parts = []
    for name in sorted({file.name.partition(".")[2] for which in PAIR for file in lesson.folder.glob(f"{which}.*")}):
        files = [lesson.folder / f"{which}.{name}" for which in PAIR]
        before, after = (file.read_text().splitlines() if file.is_file() else [] for file in files)
        if before != after:
            lines = [line.rstrip() for line in difflib.ndiff(before, after) if not line.startswith("?")]
            parts.append("\n".join([f"{name}:", "", *lines]))
    return "\n\n".join(parts)
