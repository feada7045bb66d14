"""The images of the lessons: what bake must know to build them, and what is judged of them."""

from __future__ import annotations

import functools

from plimsoll import expectations
from plimsoll.lessons import APP, PAIR, lessons
from plimsoll.subject import Variant
from workshop import apps
from workshop.root import PREFIX


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
    ours = {variant.image: variant.bake for variant in apps.variants()}
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
