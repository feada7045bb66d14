"""One stage of a build, with all that knows whose its files are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from workshop.sbom import native
from workshop.sbom.certificates import Certificates
from workshop.sbom.dpkg import Dpkg
from workshop.sbom.made import Made
from workshop.sbom.node import Node
from workshop.sbom.python import Python
from workshop.sbom.rust import Rust

if TYPE_CHECKING:
    from workshop.sbom.package import Package
    from workshop.sbom.tree import Tree


class Stage:
    """A stage, or the image itself, which may have package managers' lists in it as well.

    Args:
        tree: its files.

    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.dpkg = Dpkg(tree)
        self.python = Python(tree)
        self.node = Node(tree)
        self.rust = Rust(tree)
        self.made = Made(tree)
        self.certificates = Certificates(tree, self.dpkg)

    def brought(self, path: str) -> set[Package]:
        """The packages that brought a file of this stage, as it is."""
        return self.dpkg.owners(self.tree, path, []) or self._installed(path)

    def owners(self, image: Tree, path: str) -> set[Package]:
        """The packages that brought a file of the image, by this stage's copies of it."""
        copies = self.tree.copies(image, path)
        if found := self.dpkg.owners(image, path, copies):
            return found
        return next((found for each in copies if (found := self._installed(each))), set())

    def _installed(self, path: str) -> set[Package]:
        found = self.python.owner(path) or self.node.owner(path) or self.rust.crate(path)
        return {found} if found else set()

    def linked(self, path: str) -> set[Package]:
        """The packages that are linked into a program which this stage built, beside its own sources."""
        found = self.rust.linked(path)
        if self._libc and native.is_static_glibc(self.tree.content(path)):
            found = found | self._libc
        return found

    @cached_property
    def _libc(self) -> set[Package]:
        archives = self.tree.ending(f"lib/{native.ARCHIVE}") or self.tree.named(native.ARCHIVE)
        return {package for path in archives for package in self.dpkg.owners(self.tree, path, [])}
