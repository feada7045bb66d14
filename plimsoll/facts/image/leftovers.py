"""What came into an image by accident: traces of version control, editors, desktops and crashes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.facts.image import published
from plimsoll.paths import show

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.layer import Layer

FOLDERS = {
    ".git": "the history of the sources",
    ".hg": "the history of the sources",
    ".svn": "the history of the sources",
    ".idea": "an editor's settings",
    ".vscode": "an editor's settings",
    "__MACOSX": "a desktop's notes",
}
FILES = {
    "an environment file": re.compile(r"\.env(?:\.(?!example$|sample$|template$|dist$|schema$)[\w-]+)*"),
    "an editor's swap file": re.compile(r"\..+\.sw[op]|.+~|#.+#"),
    "a patch's leftover": re.compile(r".+\.(?:orig|rej)"),
    "a desktop's notes": re.compile(r"\.DS_Store|Thumbs\.db|desktop\.ini"),
    "npm's log": re.compile(r"(?:npm|yarn)-(?:debug|error)\.log"),
}
SYSTEM = re.compile(r"(?:bin|boot|dev|etc|lib\w*|proc|sbin|sys|usr/(?:bin|lib\w*|sbin|share)|var/lib)/")
"""What belongs to the distribution: its own file names are its own affair."""


class Leftover(NamedTuple):
    """One of them.

    Attributes:
        place: its path as people read it.
        what: what it is.
        layer: the layer that holds it.

    """

    place: str
    what: str
    layer: Layer


def of(image: Image) -> list[Leftover]:
    """The leftovers in every layer, also those that are removed later; a directory once."""
    found: dict[tuple[str, str], Leftover] = {}
    for entry, part in image.entries:
        *folders, name = entry.path.split("/")
        for depth, folder in enumerate((*folders, name)):
            if folder in FOLDERS and not published.is_published(entry.path):
                path = "/".join((*folders, name)[: depth + 1])
                found[path, part.digest] = Leftover(show(path), FOLDERS[folder], part)
                break
        else:
            if entry.kind == "file" and (what := _file(entry.path, name, is_core=_is_core(part, entry.path))):
                found[entry.path, part.digest] = Leftover(entry.shown, what, part)
    return list(found.values())


def _is_core(part: Layer, path: str) -> bool:
    return path in part.elves and part.elves[path].core


def _file(path: str, name: str, *, is_core: bool) -> str:
    if is_core:
        return "what a crash left of a program's memory"
    if SYSTEM.match(path) or published.is_published(path):
        return ""
    return next((what for what, pattern in FILES.items() if pattern.fullmatch(name)), "")
