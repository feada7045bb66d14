"""What a build says it made of what: the dependency files that compilers write, in make's own form.

Cargo writes them by itself, gcc with `-MD`, and any other step can: `TARGET: SOURCE SOURCE`.
"""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workshop.sbom.tree import Tree

LARGEST = 4 << 20
WORD = re.compile(r"(?:\\.|[^\s\\])+")


class Made:
    """The dependency files of one stage.

    Args:
        tree: the stage.

    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @cached_property
    def sources(self) -> dict[str, set[str]]:
        """What each file was made of, by its path; paths have no leading slash."""
        found: dict[str, set[str]] = {}
        for path, size in self._tree.sizes.items():
            if path.endswith(".d") and size < LARGEST:
                for targets, sources in rules(self._tree.text(path)):
                    for target in targets:
                        found.setdefault(_whole(path, target), set()).update(_whole(path, one) for one in sources)
        return found


def rules(text: str) -> list[tuple[list[str], list[str]]]:
    """The rules of a dependency file: targets, and what they are made of."""
    found = []
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        targets, colon, sources = line.partition(": ") if ": " in line else line.rpartition(":")
        if colon and not line.startswith("#"):
            found.append((_words(targets), _words(sources)))
    return found


def _words(text: str) -> list[str]:
    return [re.sub(r"\\(.)", r"\1", word) for word in WORD.findall(text)]


def _whole(file: str, path: str) -> str:
    """A path from the root; one that is relative is read from where its file is."""
    if path.startswith("/"):
        return posixpath.normpath(path).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
