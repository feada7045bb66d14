"""What of an image its base brought, which nobody who builds on it can take back: told by its history."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plimsoll.facts.image.image import Image

NAMED = 5
"""Of what a base brought, so many are named."""


@dataclass(frozen=True)
class Base:
    """An image's base.

    Attributes:
        name: as FROM has it, or words for one that is not known.
        layers: the number of layers that it brought.
        steps: the instructions that made it.

    """

    name: str = ""
    layers: int = 0
    steps: list[str] = field(default_factory=list)

    def brought(self, image: Image, path: str) -> bool:
        """Whether a file, as it is in the image, comes from it."""
        part = image.files[path][1] if path in image.files else None
        return any(part is each for each in image.layers[: self.layers])

    def says(self, keyword: str, value: str) -> bool:
        """Whether it has an instruction of that keyword and with that value: a port, a path."""
        word = re.compile(rf"(?<![\w/.-]){re.escape(value)}(?![\w/.-])")
        return any(step.startswith(f"{keyword} ") and word.search(step) for step in self.steps)


def of(image: Image, keywords: Sequence[str] | None = None, name: str = "") -> Base:
    """The base of an image.

    Args:
        image: the image.
        keywords: of the instructions that were built on the base, the first one first; None where they are not known.
        name: of the base, empty likewise.

    """
    steps = [image.instruction(step) for step in image.history]
    empty = [bool(step.get("empty_layer")) for step in image.history]
    if keywords is not None:
        end = len(steps) - len(keywords)
        if [step.partition(" ")[0] for step in steps[max(end, 0) :]] != list(keywords):
            return Base()
    else:
        # An image ends with its command: a command that layers are put upon is that of a base.
        commands = [number for number, step in enumerate(steps) if step.startswith("CMD ")]
        end = next((number + 1 for number in reversed(commands) if not all(empty[number:])), 0)
    layers = sum(not each for each in empty[:end])
    if empty.count(False) != len(image.layers):
        return Base()
    return Base(name or "its base", layers, steps[:end]) if end > 0 else Base()


def together(image: Image, base: Base, found: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Findings about files, those about what the base brought as one.

    Args:
        image: the image.
        base: its base.
        found: for each the path, the place and what is there.

    """
    rows = list(found)
    inherited = [row for row in rows if base.brought(image, row[0])]
    own = [(place, what) for path, place, what in rows if not base.brought(image, path)]
    if not inherited:
        return own
    (_, place, what), *others = inherited
    names = ", ".join(each for _, each, _ in others[:NAMED])
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    told = f"{what}; {base.name} brought it" + (f", and {len(others)} like it: {names}{more}" if others else "")
    return [*own, (place, told)]
