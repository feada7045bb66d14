"""What a run judges: the variants of the apps and of the lessons, and the compose files of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll import composition, lessons
from plimsoll.composition import Composition
from plimsoll.errors import PlimsollError
from workshop import apps, taught
from workshop.root import ROOT

if TYPE_CHECKING:
    from plimsoll.subject import Variant


def variants(names: list[str]) -> list[Variant]:
    """The variants of the named apps or lessons; of all apps and lessons where none is named.

    Raises:
        PlimsollError: there is no app or lesson of that name.

    """
    every = [*apps.variants(), *taught.variants()]
    known = {variant.app for variant in every} | {lessons.APP + lesson.rule for lesson in lessons.lessons()}
    for name in names:
        if name not in known:
            here = sorted({variant.app for variant in apps.variants()})
            raise PlimsollError(f"there is no app `{name}`", f"the apps are {', '.join(here)}")
    return [variant for variant in every if not names or variant.app in names]


def of_apps(names: list[str]) -> list[Variant]:
    """The variants of the named apps, of all apps where none is named.

    Raises:
        PlimsollError: there is no app of that name.

    """
    return [variant for variant in variants(names) if not variant.lesson]


def of_lessons(names: list[str]) -> list[Variant]:
    """The variants of the named lessons, of all lessons where none is named.

    Raises:
        PlimsollError: there is no lesson of that name.

    """
    return [variant for variant in variants(names) if variant.lesson]


def compositions(names: list[str]) -> list[Composition]:
    """The compose files of the repository; none where the run is about single apps."""
    return [] if names else composition.beside(ROOT)


def taught_compositions(names: list[str]) -> list[Composition]:
    """The compose files of the lessons, of the named ones where any is named."""
    return [
        Composition(lesson.file(which), which, lesson.rule)
        for lesson in lessons.lessons()
        if lesson.kind == "compose.yaml"
        for which in lessons.PAIR
        if not names or lessons.APP + lesson.rule in names
    ]
