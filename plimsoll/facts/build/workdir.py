"""Directories that WORKDIR makes: for the user that stands above it with BuildKit, for root with the builder before it.

Measured with Docker 28.5 and buildx 0.29, DOCKER_BUILDKIT=0 and 1 (nodejs/docker-node#740, moby/moby#36677).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.paths import clean, parents, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.build.asked import Search
    from plimsoll.facts.image.image import Image
    from plimsoll.parsing.dockerfile import Dockerfile, Stage

SUPERUSER = {"", "0", "root"}


class Made(NamedTuple):
    """A directory that is the user's by the grace of the builder, and that the program writes to.

    Attributes:
        line: of the WORKDIR.
        path: the directory.
        user: whom USER names above it.
        written: what is written in it.
        by: what writes it.

    """

    line: int
    path: str
    user: str
    written: str
    by: str


def of(dockerfile: Dockerfile, stage: Stage, image: Image, search: Search) -> Iterator[Made]:
    """The directories that WORKDIR made below a USER, that the program writes to, and that nobody gave away."""
    lineage = list(reversed(dockerfile.lineage(stage)))
    user, directory = "" if any(part.all("USER") for part in lineage) else image.user, "/"
    for part in lineage:
        for index, step in enumerate(part.instructions):
            if step.keyword == "USER":
                user = step.arguments
            if step.keyword != "WORKDIR" or "$" in step.arguments:
                continue
            directory = posixpath.join(directory, step.arguments.strip("\"'"))
            given = any("chown" in each.script for each in part.instructions[index:] if each.keyword == "RUN")
            if user.partition(":")[0] in SUPERUSER or given or not _is_made_by_it(image, clean(directory)):
                continue
            for path, asked in search.written.items():
                folder = next((each for each in reversed(parents(path)) if each in image.files), "")
                if folder == clean(directory) and path not in image.files:
                    yield Made(step.line, show(folder), user, show(path), asked.by)
                    break


def _is_made_by_it(image: Image, path: str) -> bool:
    for number, part in enumerate(image.layers):
        if any(entry.path == path for entry in part.entries):
            return image.instructions[number].startswith("WORKDIR")
    return False
