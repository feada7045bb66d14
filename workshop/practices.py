"""docs/practices.md: each practice with the rules, lessons and files that show it, made from docs/practices.toml."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from plimsoll import lessons
from plimsoll.errors import PlimsollError
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.rule import every_rule
from workshop.root import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from plimsoll.rule import Rule

SOURCE = ROOT / "docs/practices.toml"
FILE = ROOT / "docs/practices.md"

HEAD = """\
# Practices

What is known to be good for container images, and where this repository keeps, teaches and shows it. Every rule has its
lesson, a pair of which one breaks it; the lessons in the third column teach what no image can break. Made by `make
readme` from [practices.toml](practices.toml).

| practice | rules | lessons | shown in |
| --- | --- | --- | --- |
"""
MORE = """
## More rules

Kept beyond those practices:
"""


class Practice(BaseModel):
    """One practice.

    Attributes:
        id: by which it is known.
        name: what it is.
        rules: those that keep it.
        lessons: those that teach it and belong to no rule.
        shown: the files that show it, each perhaps with the stage: `file:stage`.
        note: what else there is to say, such as what is missing.

    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: str
    name: str
    rules: list[str] = []
    lessons: list[str] = []
    shown: list[str] = []
    note: str = ""


def read(file: Path = SOURCE) -> list[Practice]:
    """The practices, in the order of the file.

    Raises:
        PlimsollError: the file is wrong, or names something that there is not.

    """
    try:
        found = [Practice.model_validate(row) for row in tomllib.loads(file.read_text())["practice"]]
    except (tomllib.TOMLDecodeError, ValidationError, KeyError) as error:
        raise PlimsollError(f"{file} can't be read, {error}", "fix it") from error
    for practice in found:
        if not practice.rules and not practice.lessons:
            raise PlimsollError(f"{file}: {practice.id} has no rule and no lesson", "name what proves it")
        for name in missing(practice):
            raise PlimsollError(f"{file}: {practice.id} names {name}, which there is not", "name what there is")
    return found


def missing(practice: Practice) -> list[str]:
    """What a practice names that does not exist."""
    gone = [f"the rule {name}" for name in practice.rules if name not in every_rule()]
    gone += [f"the lesson {name}" for name in practice.lessons if name not in features()]
    for place in practice.shown:
        name, _, stage = place.partition(":")
        file = ROOT / name
        if not file.is_file():
            gone.append(f"the file {name}")
        elif stage and Dockerfile.read(file).stage(stage) is None:
            gone.append(f"the stage {place}")
    return gone


def features() -> list[str]:
    """The lessons that belong to no rule, by name."""
    taught = {lesson.rule for lesson in lessons.lessons()}
    return sorted(folder.name for folder in lessons.FOLDER.glob("*/") if folder.name not in taught)


def markdown() -> str:
    """The whole page.

    Raises:
        PlimsollError: its source is wrong, or names something that there is not.

    """
    found = read()
    named = {name for practice in found for name in practice.rules}
    more = [f"- {_link(name)}: {_sentence(rule)}" for name, rule in every_rule().items() if name not in named]
    return HEAD + "\n".join([*map(_row, found), MORE, *more]) + "\n"


def _row(practice: Practice) -> str:
    cells = [
        f"**{practice.id}** {practice.name}" + (f".<br>{practice.note}" if practice.note else ""),
        "<br>".join(map(_link, practice.rules)),
        "<br>".join(map(_link, practice.lessons)),
        "<br>".join(map(_shown, practice.shown)),
    ]
    return f"| {' | '.join(cells)} |"


def _link(lesson: str) -> str:
    return f"[{lesson}](../lessons/{lesson}/)"


def _shown(place: str) -> str:
    name, _, stage = place.partition(":")
    return f"[{name}](../{name})" + (f", `{stage}`" if stage else "")


def _sentence(rule: Rule) -> str:
    """Why, without what is explained further: what a list has room for."""
    return re.sub(r"\s+", " ", rule.why.partition("\n\n")[0])


def write() -> list[Path]:
    """Write the page anew where it is not current; the files that changed."""
    text = markdown()
    if FILE.exists() and FILE.read_text() == text:
        return []
    FILE.write_text(text)
    return [FILE]
