"""Paths inside an image: as a container sees them, and as people can read them."""

from __future__ import annotations

import posixpath


def clean(path: str) -> str:
    """A path as the image sees it: no leading `./` or `/`, and nothing climbs above the root."""
    return posixpath.normpath("/" + path).lstrip("/")


def show(path: str) -> str:
    """A path as it is printed: with its leading slash, and what can't be printed as an escape."""
    return "/" + "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in path
    )


def parents(path: str) -> list[str]:
    """The directories that lead to a path, the root's own child first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]
