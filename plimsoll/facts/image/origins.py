"""Which line of a Dockerfile made what is in its image: told by the image's history, step by step from the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.paths import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plimsoll.facts.image.image import Image

OF_TEXT = re.compile(r":\d+$")
"""A line of a file in the image."""


def lines(image: Image, steps: Sequence[tuple[str, int]]) -> list[int]:
    """The line that made each layer, lowest first; 0 for a layer of the base, or where the history is of other steps.

    Args:
        image: the image.
        steps: the keyword and the line of each instruction that was built on its base, the first one first.

    """
    told = image.history[max(len(image.history) - len(steps), 0) :]
    made = [line for step, (_, line) in zip(told, steps, strict=False) if not step.get("empty_layer")]
    if [image.instruction(step).partition(" ")[0] for step in told] != [keyword for keyword, _ in steps]:
        made = []
    below = len(image.layers) - len(made)
    return [0] * below + made if below >= 0 else [0] * len(image.layers)


def line(image: Image, made: Sequence[int], place: str) -> int:
    """The line that made a layer, a path, or a path in a layer, as a finding names it; 0 where none is known."""
    for number, part in enumerate(image.layers):
        if re.match(rf"{re.escape(part.place)}(\W|$)", place):
            return made[number]
    for path in (place, OF_TEXT.sub("", place)):
        if path.startswith("/") and (found := image.files.get(clean(path))):
            return next(made[number] for number, part in enumerate(image.layers) if part is found[1])
    return 0
