"""The lessons: for each rule a pair of Dockerfiles or compose files, of which the bad one breaks that rule alone."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

FOLDER = (Path(__file__).parent / "data/lessons").resolve()
PAIR = ("bad", "good")
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
        """What its pair are: `Dockerfile` or `compose.yaml`."""
        return "compose.yaml" if (self.folder / "bad.compose.yaml").exists() else "Dockerfile"

    def file(self, which: str) -> Path:
        """One of its pair."""
        return self.folder / f"{which}.{self.kind}"


@functools.cache
def lessons() -> tuple[Lesson, ...]:
    """Every rule's lesson, by name; a folder without a bad one teaches a feature and belongs to no rule."""
    found = (Lesson(folder.name, folder) for folder in sorted(FOLDER.glob("*/")))
    return tuple(lesson for lesson in found if lesson.file("bad").exists())


def explained(rule: str, why: str) -> str:
    """A rule's lesson as a text: why, which is the rule's own reason where it has no README, and both of its pair."""
    lesson = Lesson(rule, FOLDER / rule)
    parts = [lesson.why.strip() or f"# {rule}\n\n{why}"]
    files = [lesson.file(which) for which in PAIR if lesson.file(which).is_file()]
    parts += [f"## {file.name}\n\n{file.read_text().strip()}" for file in files]
    return "\n\n".join(parts) + "\n"
