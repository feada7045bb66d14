"""Removing what the project made, and nothing of anybody else's."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

from docker.errors import APIError

from plimsoll import engine
from plimsoll.containers import compose, launch, ownership
from plimsoll.project import bases
from plimsoll.project.app import BUILD, PREFIX
from plimsoll.say import say, saying

AT_ONCE = 8
"""Images that are removed side by side; the engine looks through its whole store for each."""


def clean() -> None:
    """Remove containers, networks and volumes of compose and of the suite, images, stand-ins and build/.

    Raises:
        PlimsollError: no engine answers.

    """
    client = engine.client()
    compose.compose("down", "--volumes", "--remove-orphans")
    for left in client.containers.list(all=True, filters={"label": ownership.LABEL}):
        launch.remove(left)
    names = [tag for image in client.images.list() for tag in image.tags if tag.startswith(PREFIX)]
    # By name as well: whatever anybody builds on a stand-in inherits its label.
    known = bases.stand_ins()
    labelled = [tag for image in client.images.list(filters={"label": bases.LABEL}) for tag in image.tags]
    stand_ins = [tag for tag in labelled if tag in known]
    with saying(f"removing {len(names)} images and {len(stand_ins)} stand-ins"), ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_remove, [*names, *stand_ins]))
    shutil.rmtree(BUILD, ignore_errors=True)
    say("removed build/")


def _remove(name: str) -> None:
    try:
        engine.client().images.remove(name, force=True)
    except APIError as error:
        say(f"{name} stays: {error.explanation}")
