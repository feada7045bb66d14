"""The lessons: for each rule a pair of Dockerfiles or compose files, of which the bad one breaks that rule alone."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll.project import expectations
from plimsoll.project.app import PREFIX, ROOT, Variant
from plimsoll.project.app import variants as apps

if TYPE_CHECKING:
    from pathlib import Path

    from plimsoll.project.rules import Rule

FOLDER = ROOT / "lessons"
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


def explained(rule: Rule) -> str:
    """A rule's lesson as a text: why, and both of its pair."""
    lesson = Lesson(rule.name, FOLDER / rule.name)
    parts = [lesson.why.strip() or f"# {rule.name}\n\n{rule.why}"]
    files = [lesson.file(which) for which in PAIR if lesson.file(which).is_file()]
    parts += [f"## {file.name}\n\n{file.read_text().strip()}" for file in files]
    return "\n\n".join(parts) + "\n"


@functools.cache
def variants() -> tuple[Variant, ...]:
    """The images of the lessons.

    Raises:
        PlimsollError: a lesson's plimsoll.toml is wrong.

    """
    return tuple(
        Variant(
            app=APP + lesson.rule,
            name=which,
            image=f"{PREFIX}{APP}{lesson.rule}:{which}",
            folder=lesson.folder,
            file=lesson.file(which),
            bake=f"{APP}{lesson.rule}-{which}",
            expectations=expectations.read(lesson.folder, set(PAIR)),
            lesson=lesson.rule,
        )
        for lesson in lessons()
        if lesson.kind == "Dockerfile"
        for which in PAIR
    )


def bake_file() -> dict[str, object]:
    """What bake must know of the lessons: images of our own are built in the same graph."""
    ours = {variant.image: variant.bake for variant in apps()}
    return {
        "target": {
            variant.bake: {
                "context": str(variant.folder),
                "dockerfile": str(variant.file),
                "tags": [variant.image],
                "contexts": {name: f"target:{ours[name]}" for name in variant.dockerfile.bases if name in ours},
            }
            for variant in variants()
        }
    }
