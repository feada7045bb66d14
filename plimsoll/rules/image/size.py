"""Rules about what an image weighs, and about what of it nobody needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.image import caches, leftovers, waste
from plimsoll.findings import broken_at
from plimsoll.paths import show
from plimsoll.rule import Level, rule
from plimsoll.units import show_size

if TYPE_CHECKING:
    from plimsoll.facts.image.base import Base
    from plimsoll.facts.image.image import Image
    from plimsoll.findings import Finding
    from plimsoll.subject import Variant


MOST_WASTED = 0.05
FEW_BYTES = 10**6
"""Wasted bytes that nobody minds, whatever their share."""

WORTH_NAMING = 0.02
"""The share of what is wasted from which on a file is named."""

FEW_CACHED = 10**5
NAMED = 5
"""Layers, files or places that are named."""


def _made_by(image: Image, number: int) -> str:
    return f"`{image.instructions[number][:80]}`" if image.instructions[number] else "a step that it does not tell"


@rule(Level.ERROR, budget=True)
def fits_its_budget(subject: Variant, image: Image) -> list[Finding]:
    """An image grows by accident and never shrinks by one: every megabyte is pulled by every host, every time."""
    budget = subject.expected.max_size or 0
    found = []
    if image.size > budget:
        over = image.size - budget
        found.append(("", f"it is {show_size(image.size)}, {show_size(over)} over its {show_size(budget)}"))
        layers = sorted(enumerate(image.layers), key=lambda pair: -pair[1].size)[:NAMED]
        found += [
            (part.place, f"it has {show_size(part.size)} of that, made by {_made_by(image, number)}")
            for number, part in layers
            if part.size
        ]
        largest = sorted((entry for entry, _ in image.entries), key=lambda entry: -entry.size)[:NAMED]
        found += [(entry.shown, f"it has {show_size(entry.size)} of that") for entry in largest]
    return broken_at(
        found, fix="leave out what does not run, or raise the budget in plimsoll.toml and say in the commit why"
    )


@rule(Level.WARNING)
def wastes_few_bytes(image: Image, base: Base) -> list[Finding]:
    """What a later layer overwrites or removes is pulled and stored all the same, and no container sees it."""
    # What a base hides of itself nobody who builds on it can mend.
    own = [each for each in waste.of(image) if each.ended >= base.layers]
    wasted = sum(each.size for each in own)
    found = []
    if wasted > FEW_BYTES and wasted > MOST_WASTED * image.size:
        for each in [each for each in own if each.size > WORTH_NAMING * wasted][:NAMED]:
            files = "" if each.files == 1 else f" in {each.files} files"
            how = "removed" if each.removed else "written anew"
            by = "in the same layer" if each.written == each.ended else f"by {_made_by(image, each.ended)}"
            place = f"{image.layers[each.written].place} {show(each.path)}"
            found.append((place, f"it is {show_size(each.size)}{files}, {how} {by}"))
    unseen = f"{show_size(wasted)} of {show_size(image.size)} weigh unseen"
    return broken_at(found, fix=f"remove it in the step that makes it, copy with `--chown` and `--chmod`: {unseen}")


@rule(Level.WARNING, production=True)
def has_no_package_caches(image: Image) -> list[Finding]:
    """What was kept to make the next installation faster is never used again: nothing is installed in an image."""
    found = [
        (f"{each.layer.place} {show(each.path)}", f"{each.what} is there, {show_size(each.size)} in {each.files} files")
        for each in caches.of(image)
        if each.size > FEW_CACHED
    ]
    return broken_at(
        found, fix="keep it outside the image, `RUN --mount=type=cache,target=...`, or remove it in the same step"
    )


@rule(Level.WARNING)
def has_no_leftovers(image: Image) -> list[Finding]:
    """Version control, editors and crashes leave files beside the sources, and with them what was never to be shown."""
    found = [(f"{each.layer.place} {each.place}", f"it is {each.what}") for each in leftovers.of(image)]
    return broken_at(found, fix="name in .dockerignore what must not come along, or copy only what is needed")
