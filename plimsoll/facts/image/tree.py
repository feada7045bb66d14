"""What the layers of an image make together: the files that a container sees, and those that weigh unseen."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.paths import clean

if TYPE_CHECKING:
    from plimsoll.facts.image.layer import Entry, Layer

LONGEST_LINK_CHAIN = 40
"""As many symbolic links as Linux itself follows."""


class Lost(NamedTuple):
    """A file that every host pulls and no container sees.

    Attributes:
        path: where it was.
        size: bytes of its content.
        written: the index of the layer that holds it.
        ended: the index of the layer that hides it.
        removed: whether it was removed there; overwritten where not.

    """

    path: str
    size: int
    written: int
    ended: int
    removed: bool


@dataclass
class Content:
    """The bytes of one file, under however many names.

    Attributes:
        path: the first of its names.
        size: bytes.
        layer: the index of the layer that holds it.
        names: how many names it has left.

    """

    path: str
    size: int
    layer: int
    names: int = 1


@dataclass
class Tree:
    """The layers put upon each other.

    Attributes:
        files: what a container sees, by path, each with the layer that it comes from.
        lost: what it does not see.

    """

    files: dict[str, tuple[Entry, Layer]] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)
    _contents: dict[str, Content] = field(default_factory=dict)

    def put(self, number: int, layer: Layer) -> None:
        """Put one more layer on top."""
        replaced = {
            entry.path
            for entry in layer.entries
            if entry.kind != "directory" and entry.path in self.files and self.files[entry.path][0].kind == "directory"
        }
        self._hide(number, set(layer.deleted), set(layer.emptied) | replaced)
        for entry in layer.entries:
            self._put(number, entry, layer)

    def find(self, path: str) -> Entry | None:
        """The entry that a path leads to, links followed; None where there is none."""
        resolved = self.resolved(path)
        return self.files[resolved][0] if resolved in self.files else None

    def resolved(self, path: str) -> str:
        """A path with its links followed, also that of a directory that no layer names; empty for links in a circle.

        It is resolved one component at a time, as the kernel does, so that linked directories are followed.
        """
        rest = clean(path).split("/")
        resolved = ""
        links = 0
        while rest:
            head, *rest = rest
            resolved = clean(posixpath.join(resolved, head))
            found = self.files.get(resolved)
            if found and found[0].kind == "symlink":
                links += 1
                if links > LONGEST_LINK_CHAIN:
                    return ""
                target = posixpath.join(posixpath.dirname("/" + resolved), found[0].link)
                rest = [part for part in clean(target).split("/") if part] + rest
                resolved = ""
        return resolved

    def _put(self, number: int, entry: Entry, layer: Layer) -> None:
        content = None
        if entry.kind == "file":
            content = Content(entry.path, entry.size, number)
        elif entry.kind == "hardlink" and entry.link != entry.path and (content := self._contents.get(entry.link)):
            content.names += 1
        self._lose(entry.path, number, removed=False)
        self.files[entry.path] = (entry, layer)
        if content:
            self._contents[entry.path] = content

    def _hide(self, number: int, deleted: set[str], emptied: set[str]) -> None:
        if not deleted and not emptied:
            return
        # Most paths lie under nothing that is hidden: their first part says so.
        first = {path.partition("/")[0] for path in deleted | emptied}
        for path in [path for path in self.files if "" in emptied or path.partition("/")[0] in first]:
            if path in deleted or "" in emptied or _lies_under(path, deleted | emptied):
                del self.files[path]
                self._lose(path, number, removed=True)

    def _lose(self, path: str, number: int, *, removed: bool) -> None:
        content = self._contents.pop(path, None)
        if content is None:
            return
        content.names -= 1
        if content.names == 0 and content.size:
            self.lost.append(Lost(content.path, content.size, content.layer, number, removed))


def _lies_under(path: str, folders: set[str]) -> bool:
    while path := posixpath.dirname(path):
        if path in folders:
            return True
    return False


def grown(layers: list[Layer]) -> Tree:
    """The layers put upon each other, the lowest first."""
    tree = Tree()
    for number, layer in enumerate(layers):
        tree.put(number, layer)
    return tree
