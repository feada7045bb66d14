"""Explaining a rule: what `plimsoll explain` does."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from plimsoll import lessons
from plimsoll.commands import codes
from plimsoll.lessons import Lesson
from plimsoll.rule import Level, rule_named

if TYPE_CHECKING:
    import argparse

    from plimsoll.rule import Rule

MEANING = {
    Level.ERROR: "it breaks, leaks or lies",
    Level.WARNING: "it will cost",
    Level.NOTE: "it hardens or saves, beyond what is common practice",
}

WAIVE = {
    "Dockerfile": '[variant.prod.waive]\n{name} = "the reason why"\n',
    "docker-bake.hcl": '[waive]\n{name} = "the reason why"\n',
    "compose.yaml": "x-plimsoll:\n  waive:\n    {name}: the reason why\n",
}
WAIVE_IN = {
    "Dockerfile": "in `plimsoll.toml` beside the Dockerfile, under the name of the stage",
    "docker-bake.hcl": "in the `plimsoll.toml` that `--config` names",
    "compose.yaml": "in the compose file",
}


def run(given: argparse.Namespace) -> int:
    """Print a rule's level, its lesson, what turns the bad example into the good one, and how to waive it.

    Raises:
        PlimsollError: there is no such rule.

    """
    print(explained(rule_named(given.rule)), end="")
    return codes.CLEAN


def _measured(rule: Rule) -> str:
    """What tells the pair apart in figures."""
    told = lessons.measured().get(rule.name)
    if told is None:
        return "Of this pair nothing is measured yet."
    lines = ["It finds this in the bad one, and nothing in the good one:\n"]
    lines += [f"    {each}" for each in told.found]
    if told.number > len(told.found):
        lines.append(f"    and {told.number - len(told.found)} more")
    if told.bad != told.good:
        lines.append(f"\nThe images weigh {told.bad} and {told.good}: all files of all layers.")
    return "\n".join(lines)


def explained(rule: Rule) -> str:
    """All that there is to say of a rule."""
    lesson = Lesson(rule.name, lessons.FOLDER / rule.name)
    _, _, told = lesson.why.strip().partition("\n")
    waiver = WAIVE[lesson.kind].format(name=rule.name)
    parts = [
        f"# {rule}\n\nBroken, it is of level {rule.level.value}: {MEANING[rule.level]}.",
        told.strip() or rule.why,
        f"## From bad to good\n\n{lessons.difference(lesson)}",
        f"## Measured\n\n{_measured(rule)}",
        f"## To waive it, {WAIVE_IN[lesson.kind]}\n\n{textwrap.indent(waiver, '    ')}",
    ]
    return "\n\n".join(part.rstrip() for part in parts if part.strip()) + "\n"
