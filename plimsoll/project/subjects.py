"""What a run judges: the variants of the apps, and those of the lessons."""

from __future__ import annotations

from plimsoll.errors import PlimsollError
from plimsoll.project import app, lessons


def select(names: list[str]) -> list[app.Variant]:
    """The variants of the named apps or lessons; of all apps and lessons where none is named.

    Raises:
        PlimsollError: there is no app or lesson of that name.

    """
    every = [*app.variants(), *lessons.variants()]
    known = {variant.app for variant in every} | {lessons.APP + lesson.rule for lesson in lessons.lessons()}
    for name in names:
        if name not in known:
            apps = sorted({variant.app for variant in app.variants()})
            raise PlimsollError(f"there is no app `{name}`", f"the apps are {', '.join(apps)}")
    return [variant for variant in every if not names or variant.app in names]


def apps(names: list[str]) -> list[app.Variant]:
    """The variants of the named apps, of all apps where none is named.

    Raises:
        PlimsollError: there is no app of that name.

    """
    return [variant for variant in select(names) if not variant.lesson]
