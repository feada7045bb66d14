"""Why bytes of an image are wasted: which files, written in which layer, hidden by which."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.tree import Lost

FEW = 3
"""Files that are named one by one."""


class Waste(NamedTuple):
    """Bytes that one layer holds and another hides.

    Attributes:
        path: the file, or the directory under which the files are.
        files: how many.
        size: bytes of them.
        written: the index of the layer that holds them.
        ended: the index of the layer that hides them.
        removed: whether they are removed there; overwritten where not.

    """

    path: str
    files: int
    size: int
    written: int
    ended: int
    removed: bool


def of(image: Image) -> list[Waste]:
    """What an image wastes, the most first."""
    together: dict[tuple[int, int, bool], list[Lost]] = {}
    for lost in image.lost:
        together.setdefault((lost.written, lost.ended, lost.removed), []).append(lost)
    found = []
    for (written, ended, removed), files in together.items():
        parts = [[file] for file in files] if len(files) <= FEW else _by_folder(files)
        for part in parts:
            path = part[0].path if len(part) == 1 else posixpath.commonpath([file.path for file in part])
            found.append(Waste(path, len(part), sum(file.size for file in part), written, ended, removed))
    return sorted(found, key=lambda waste: -waste.size)


def _by_folder(files: list[Lost]) -> list[list[Lost]]:
    """The files in groups, each of what lies two directories deep: so that a path says what they are."""
    folders: dict[str, list[Lost]] = {}
    for file in files:
        folders.setdefault("/".join(file.path.split("/")[:-1][:3]), []).append(file)
    return list(folders.values())
