"""Whether a build can be spared: everything that goes into it, in one digest."""

from __future__ import annotations

import functools
import hashlib
import json
import subprocess
from typing import TYPE_CHECKING

from plimsoll import engine
from plimsoll.project import app, folders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.project.app import Variant


def images() -> dict[str, str]:
    """The images that the engine has, by name, each with its identity."""
    # The list as it is: asking for each one fails where one is removed meanwhile.
    return {tag: str(row["Id"]) for row in engine.client().api.images() for tag in row["RepoTags"] or []}


def labels() -> dict[str, str]:
    """What the images' labels say of the sources: from git, so that the same commit gives the same image.

    Nothing, where git tells none: not without git, a clone or a commit.
    """
    command = ["git", "log", "-1", "--format=%H %cI"]
    try:
        done = subprocess.run(command, cwd=app.ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return {}
    revision, _, created = done.stdout.strip().partition(" ")
    return {"REVISION": revision, "CREATED": created} if created else {}


def fingerprints(variants: Iterable[Variant]) -> dict[str, str]:
    """A digest for each variant, by image name, of all that its build can depend on.

    Too much of it is harmless, since BuildKit then finds its steps in its cache: all files of the folder, the
    whole bake file, the identities of the images that the Dockerfile names, and what the labels say. A lesson takes
    no labels: a commit alone does not build it again, nor have its rules judge it again.
    """
    here = images()
    common = hashlib.sha256((app.ROOT / "docker-bake.hcl").read_bytes()).hexdigest()
    said = json.dumps(labels())
    known: dict[str, Variant] = {variant.image: variant for variant in variants}

    @functools.cache
    def of(name: str) -> str:
        variant = known.get(name)
        if variant is None or variant.folder is None:
            return here.get(name, "")
        parts = [
            common,
            "" if variant.lesson else said,
            str(variant),
            *_contents(str(variant.folder.relative_to(app.ROOT))),
        ]
        parts += [of(base) for base in variant.dockerfile.bases]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    return {name: of(name) for name in known}


@functools.cache
def files() -> tuple[str, ...]:
    """The names of the repository's files, but for those that git ignores.

    Raises:
        PlimsollError: git does not list them.

    """
    return folders.tracked(app.ROOT)


@functools.cache
def _contents(folder: str) -> tuple[str, ...]:
    """The names, modes and digests of a folder's files."""
    paths = [app.ROOT / name for name in files() if name.startswith(f"{folder}/")]
    return tuple(
        f"{path} {path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in paths
        if path.is_file()
    )
