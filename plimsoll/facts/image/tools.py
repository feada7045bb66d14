"""Programs that an image holds by the names under which people know them: shells, compilers, package managers."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from plimsoll.facts.image import accounts
from plimsoll.facts.image.programs import can_be_started, health_command, search_path, shell_line
from plimsoll.parsing import shell
from plimsoll.paths import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.layer import Entry

FOLDERS = {"bin", "sbin", ".bin", "busybox"}
"""Where programs are, whatever the image says: `.bin` is npm's, `busybox` that of distroless images."""

DECORATED = re.compile(r"(?:\w+-linux-(?:gnu|musl)\w*-)?(.+?)(?:[.-]?\d[\d.]*)?")
"""A program's name between its platform and its version."""

PATH = re.compile(r"[\w.+@-]*/[\w./+@-]+")
"""A path in a line."""

MANY_IN_ONE = ("busybox", "toybox")
"""Programs with many names: what they do under one of them is little."""

WRAPPERS = {"catatonit", "dumb-init", "env", "tini"}
"""What stands before a program and is none of the image's own."""

PACKAGE = re.compile(r"(?:^|/)(?:(?:site|dist)-packages/(\w+)/__init__\.py|node_modules/([\w-]+)/package\.json)")


def programs(image: Image, names: Iterable[str], *, applets: bool = False) -> list[tuple[str, str]]:
    """The programs of these names that a container sees: the name, and the path; each name once.

    They are looked for in the usual folders, wherever the image has them; in its root and on its own PATH; and where it
    names a file itself: in ENTRYPOINT, CMD, HEALTHCHECK or SHELL, as a user's shell, or as one that users may have.

    Args:
        image: the image.
        names: how they are called.
        applets: whether a link to busybox counts: as a shell it is one, as a package manager it is none.

    """
    wanted = set(names)
    found: dict[str, str] = {}
    folders, named = _folders(image), _named(image)
    for path, (entry, _) in image.files.items():
        folder, name = posixpath.split(path)
        usual = posixpath.basename(folder) in FOLDERS
        if entry.kind not in {"file", "hardlink", "symlink"} or not (usual or folder in folders or path in named):
            continue
        plain = name if name in wanted else _plain(name)
        if plain not in wanted or plain in found:
            continue
        # Elsewhere than in its usual folders, what has a program's name may be something else.
        if (usual or can_be_started(image, path)) and (applets or not _is_one_of_many(image, entry)):
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


def product(image: Image) -> str:
    """The name of the program that an image is there to offer: its ENTRYPOINT's, or that of a command of one word.

    A shell that is given a script, or a line, offers what that does.
    """
    entry, command = list(image.config.get("Entrypoint") or []), list(image.config.get("Cmd") or [])
    words = [word for word in (entry or command) if not word.startswith("-")]
    names = [posixpath.basename(word) for word in words]
    while names and names[0] in WRAPPERS:
        names = names[1:]
    if entry and not names:
        names = [posixpath.basename(word) for word in command[:1]]
    if not names or (len(names) > 1 and (not entry or names[0] in shell.SHELLS)):
        return ""
    return "" if shell_line(image, entry or command) else _plain(names[0])


def shells(image: Image) -> list[str]:
    """The shells of an image, by path: wherever they are and whatever they are called, where that can be told.

    By the names that shells have, by what the image itself lists as shells, and by what stands in the programs.
    """
    named = [path for _, path in programs(image, {*shell.SHELLS, *MANY_IN_ONE}, applets=True)]
    listed = [found for path in accounts.shells(image) if can_be_started(image, path) and (found := image.find(path))]
    known = {found.path for path in named if (found := image.find(path))}
    read = image.programs | {
        path: image.elf(path) for path, (entry, _) in image.files.items() if entry.kind == "hardlink"
    }
    others = [image.files[path][0] for path, each in read.items() if each and each.is_shell and path not in known]
    return [*dict.fromkeys([*named, *sorted(each.shown for each in [*listed, *others])])]


def _folders(image: Image) -> set[str]:
    """The image's root and the folders of its own PATH, as they are named and as their links lead."""
    folders = {"", *(clean(folder) for folder in search_path(image))}
    return folders | {image.tree.resolved(folder) for folder in folders}


def _named(image: Image) -> set[str]:
    """The files that the image names where it says what is started, as they are named and as their links lead."""
    words = [*image.entrypoint, *health_command(image), *list(image.config.get("Shell") or [])]
    words += [*(each.shell for each in accounts.accounts(image)), *accounts.shells(image)]
    # A word may be a whole line, for a shell.
    parts = [part for word in words for part in PATH.findall(word)]
    paths = {clean(posixpath.join(image.directory, part)) for part in parts}
    return paths | {image.tree.resolved(path) for path in paths}


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
