"""A file system that the build shows to the generator: the image, one of the stages, or the context."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from typing import TYPE_CHECKING

from workshop.sbom.package import usual

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Tree:
    """The regular files below a folder; what a link leads to is there under its own path.

    Args:
        root: the folder.

    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._digests: dict[tuple[str, str], str] = {}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The size of each file in bytes, by its path without a leading slash, sorted by that."""
        return dict(sorted(_walked(str(self.root), "")))

    @cached_property
    def _by_size(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for path, size in self.sizes.items():
            found.setdefault(size, []).append(path)
        return found

    def __contains__(self, path: str) -> bool:
        return path in self.sizes

    def content(self, path: str) -> bytes:
        """The content of a file."""
        return (self.root / path).read_bytes()

    def text(self, path: str) -> str:
        """The text of a file, with replacement characters for what is none."""
        return self.content(path).decode(errors="replace")

    def digest(self, path: str, algorithm: str = "sha256") -> str:
        """The checksum of a file in hexadecimal digits."""
        key = (path, algorithm)
        if key not in self._digests:
            with (self.root / path).open("rb") as file:
                summed = hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False))
            self._digests[key] = summed.hexdigest()
        return self._digests[key]

    def named(self, name: str) -> list[str]:
        """The paths of all files that have a name."""
        return self._by_name.get(name, [])

    def copies(self, other: Tree, path: str) -> list[str]:
        """The files that have the content of another tree's, that at the same path first.

        Where there is no content, nothing but its path tells a file from others: one has to end with the other.
        """
        if other is self:
            return [path]
        size = other.sizes[path]
        found = [each for each in self._by_size.get(size, []) if size or _ends_alike(each, path)]
        same = [each for each in found if self.digest(each) == other.digest(path)]
        return sorted(same, key=lambda each: (usual(each) != usual(path), not _ends_alike(each, path), each))

    def ending(self, path: str) -> list[str]:
        """The files of which the path ends with that path, or that path with theirs."""
        return [each for each in self._by_name.get(_name(path), []) if _ends_alike(each, path)]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.sizes:
            found.setdefault(_name(path), []).append(path)
        return found


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _ends_alike(one: str, other: str) -> bool:
    return f"/{usual(one)}".endswith(f"/{usual(other)}") or f"/{usual(other)}".endswith(f"/{usual(one)}")


def _walked(folder: str, inside: str) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walked(entry.path, f"{inside}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield f"{inside}{entry.name}", entry.stat(follow_symlinks=False).st_size
