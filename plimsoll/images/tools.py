"""Programs that an image holds by the names under which people know them: shells, compilers, package managers."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.images.image import Image
    from plimsoll.images.layer import Entry

FOLDERS = {"bin", "sbin", ".bin"}
"""Where programs are: `.bin` is npm's."""

DECORATED = re.compile(r"(?:\w+-linux-(?:gnu|musl)\w*-)?(.+?)(?:[.-]?\d[\d.]*)?")
"""A program's name between its platform and its version."""

MANY_IN_ONE = ("busybox", "toybox")
"""Programs with many names: what they do under one of them is little."""

PACKAGE = re.compile(r"(?:^|/)(?:(?:site|dist)-packages/(\w+)/__init__\.py|node_modules/([\w-]+)/package\.json)")


def programs(image: Image, names: Iterable[str], *, applets: bool = False) -> list[tuple[str, str]]:
    """The programs of these names that a container sees: the name, and the path; each name once.

    Args:
        image: the image.
        names: how they are called.
        applets: whether a link to busybox counts: as a shell it is one, as a package manager it is none.

    """
    wanted = set(names)
    found: dict[str, str] = {}
    for path, (entry, _) in image.files.items():
        folder, name = posixpath.split(path)
        if posixpath.basename(folder) not in FOLDERS or entry.kind not in {"file", "hardlink", "symlink"}:
            continue
        plain = name if name in wanted else _plain(name)
        if plain in wanted and plain not in found and (applets or not _is_one_of_many(image, entry)):
            found[plain] = entry.shown
    return sorted(found.items())


def packages(image: Image, names: Iterable[str]) -> list[tuple[str, str]]:
    """The packages of Python and Node of these names: the name, and the path."""
    wanted = set(names)
    return [
        (name, entry.shown)
        for path, (entry, _) in image.files.items()
        if (match := PACKAGE.search(path)) and (name := match[1] or match[2]) in wanted
    ]


def _plain(name: str) -> str:
    match = DECORATED.fullmatch(name)
    return match[1] if match else name


def _is_one_of_many(image: Image, entry: Entry) -> bool:
    if entry.kind == "symlink":
        found = image.find(entry.path)
        target = found.path if found else entry.link
    else:
        target = entry.link or ""
    return posixpath.basename(target).startswith(MANY_IN_ONE)
