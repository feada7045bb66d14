"""Rules about what an image weighs, and about what of it nobody needs."""

import pytest

from plimsoll.findings import forbid
from plimsoll.images import caches, leftovers, waste
from plimsoll.paths import show
from plimsoll.units import show_size

MOST_WASTED = 0.05
FEW_BYTES = 10**6
"""Wasted bytes that nobody minds, whatever their share."""

FEW_CACHED = 10**5
NAMED = 5
"""Layers, files or places that are named."""


def _made_by(facts, number):
    return f"`{facts.instructions[number][:80]}`" if facts.instructions[number] else "a step that it does not tell"


@pytest.mark.budgeted
def test_fits_its_budget(variant, facts):
    """An image grows by accident and never shrinks by one: every megabyte is pulled by every host, every time."""
    budget = variant.expected.max_size
    found = []
    if facts.size > budget:
        over = facts.size - budget
        found.append(("", f"it is {show_size(facts.size)}, {show_size(over)} over its {show_size(budget)}"))
        layers = sorted(enumerate(facts.layers), key=lambda pair: -pair[1].size)[:NAMED]
        found += [
            (part.place, f"it has {show_size(part.size)} of that, made by {_made_by(facts, number)}")
            for number, part in layers
            if part.size
        ]
        largest = sorted((entry for entry, _ in facts.entries), key=lambda entry: -entry.size)[:NAMED]
        found += [(entry.shown, f"it has {show_size(entry.size)} of that") for entry in largest]
    forbid(found, mend="leave out what does not run, or raise the budget in plimsoll.toml and say in the commit why")


def test_wastes_few_bytes(facts):
    """What a later layer overwrites or removes is pulled and stored all the same, and no container sees it."""
    wasted = sum(each.size for each in facts.lost)
    found = []
    if wasted > FEW_BYTES and wasted > MOST_WASTED * facts.size:
        for each in waste.of(facts)[:NAMED]:
            files = "" if each.files == 1 else f" in {each.files} files"
            how = "removed" if each.removed else "written anew"
            by = "in the same layer" if each.written == each.ended else f"by {_made_by(facts, each.ended)}"
            place = f"{facts.layers[each.written].place} {show(each.path)}"
            found.append((place, f"it is {show_size(each.size)}{files}, {how} {by}"))
    unseen = f"{show_size(wasted)} of {show_size(facts.size)} weigh unseen"
    forbid(found, mend=f"remove it in the step that makes it, copy with `--chown` and `--chmod`: {unseen}")


@pytest.mark.deployed
def test_has_no_package_caches(facts):
    """What was kept to make the next installation faster is never used again: nothing is installed in an image."""
    found = [
        (f"{each.layer.place} {show(each.path)}", f"{each.what} is there, {show_size(each.size)} in {each.files} files")
        for each in caches.of(facts)
        if each.size > FEW_CACHED
    ]
    forbid(found, mend="keep it outside the image, `RUN --mount=type=cache,target=...`, or remove it in the same step")


def test_has_no_leftovers(facts):
    """Version control, editors and crashes leave files beside the sources, and with them what was never to be shown."""
    found = [(f"{each.layer.place} {each.place}", f"it is {each.what}") for each in leftovers.of(facts)]
    forbid(found, mend="name in .dockerignore what must not come along, or copy only what is needed")
