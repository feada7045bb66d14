"""Removing what the project made, and nothing of anybody else's."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

from docker.errors import APIError

from plimsoll import engine
from plimsoll.commands.dockerfiles import REPOSITORY
from plimsoll.facts.run import launch, ownership
from plimsoll.say import say, saying
from workshop import bases
from workshop import system as compose
from workshop.root import BUILD, PREFIX

AT_ONCE = 8
"""Images that are removed side by side; the engine looks through its whole store for each."""


def clean() -> None:
    """Remove containers, networks and volumes of compose and of the suite, images, stand-ins and build/ with its cache.

    Raises:
        PlimsollError: no engine answers.

    """
    client = engine.client()
    compose.compose("down", "--volumes", "--remove-orphans")
    for left in client.containers.list(all=True, filters={"label": ownership.LABEL}):
        launch.remove(left)
    names, stand_ins = images(), made_here()
    with saying(f"removing {len(names)} images and {len(stand_ins)} stand-ins"), ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_remove, [*names, *stand_ins]))
    shutil.rmtree(BUILD, ignore_errors=True)
    say(f"{BUILD.name}/ is not removed whole: look what holds it" if BUILD.exists() else f"removed {BUILD.name}/")


def images() -> list[str]:
    """The names of the images that were built here, and of those that a check which was killed has left."""
    return [name for name in engine.images() if name.startswith((PREFIX, REPOSITORY))]


def made_here() -> list[str]:
    """The names of the stand-ins; by name as well as by label, which whatever is built on one inherits.

    Raises:
        PlimsollError: `docker buildx` is missing, or can't read what bases/ stands in for.

    """
    known = bases.stand_ins()
    labelled = engine.client().api.images(filters={"label": bases.LABEL})
    return [tag for row in labelled for tag in row["RepoTags"] or [] if tag in known]


def _remove(name: str) -> None:
    try:
        engine.client().images.remove(name, force=True)
    except APIError as error:
        say(f"{name} stays: {error.explanation}")
