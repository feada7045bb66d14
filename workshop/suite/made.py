"""Apps made from the others by `make new`, in a repository of their own, for the tests that look at them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from plimsoll import engine
from plimsoll.facts.run import ownership
from workshop import apps, listed
from workshop.root import BUILD, PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GROUP = "new"
"""The tests that change the clone run one after the other."""

JUDGED = "rust-cli"
"""The app whose copy is judged whole."""
# It is the first: pytest takes one fixture's apps by their turn, and would else make it twice.
APPS = sorted({variant.app for variant in apps.variants()}, key=lambda name: (name != JUDGED, name))


@pytest.fixture(scope="module")
def clone() -> Iterator[Path]:
    """A repository of its own, with what is in the work tree now; it has this one's cache."""
    # Of this process alone: a command whose folder another one takes away is found elsewhere, and makes its app there.
    folder = BUILD / f"clone-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    listed.copy(folder)
    if shutil.which("git"):
        # Else git takes it for a part of the clone around it, which ignores all of build/.
        subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    yield folder
    shutil.rmtree(folder)


def environment(folder: Path) -> dict[str, str]:
    """Of a run of its own: one that took this run's name would remove this run's containers at its end."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", ownership.ENVIRONMENT))}
    return {**own, "PYTHONPATH": str(folder)}


def workshop(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """One of the workshop's commands, in a clone."""
    return subprocess.run(
        [sys.executable, "-m", "workshop", *arguments],
        cwd=folder,
        env={**environment(folder), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.app(name)) for name in APPS])
def made(request: pytest.FixtureRequest, clone: Path) -> Iterator[str]:
    """An app made from each of the others, always under the same name, so that the engine's cache knows it again."""
    name = f"made{request.param.replace('-', '')}"
    done = workshop(clone, "new", name, "--from", request.param)
    assert done.returncode == 0, done.stderr
    apps.variants.cache_clear()
    yield name
    for image in images(name):
        engine.client().images.remove(image, force=True)
    left = engine.client().api.containers(all=True)
    assert [container["Names"] for container in left if container["Image"].startswith(prefix(name))] == []
    assert images(name) == []


def prefix(name: str) -> str:
    """What the names of a made app's images begin with."""
    return f"{PREFIX}{name}:"


def images(name: str) -> list[str]:
    """The images of a made app."""
    return [*engine.images(f"{prefix(name)}*")]
