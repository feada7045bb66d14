"""Whose the certificates are that were put together in one file, as `update-ca-certificates` does."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from workshop.sbom.package import Package

if TYPE_CHECKING:
    from workshop.sbom.dpkg import Dpkg
    from workshop.sbom.tree import Tree

BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
FOLDER = "usr/share/ca-certificates/"
OWN_FOLDER = "usr/local/share/ca-certificates/"
OWN = Package("generic", "certificate-authorities-of-this-machine")
"""Authorities that whoever owns the machine trusts, beside those of a package."""


class Certificates:
    """The certificates of one tree that a bundle is made of.

    Args:
        tree: where they are.
        packages: what is installed there.

    """

    def __init__(self, tree: Tree, packages: Dpkg) -> None:
        self._tree = tree
        self._packages = packages

    @cached_property
    def _owners(self) -> dict[bytes, Package]:
        found: dict[bytes, Package] = {}
        for path in self._tree.sizes:
            if path.startswith((FOLDER, OWN_FOLDER)):
                theirs = {OWN} if path.startswith(OWN_FOLDER) else self._packages.owners(self._tree, path, [path])
                for package in theirs:
                    found.update(dict.fromkeys(blocks(self._tree.content(path)), package))
        return found

    def owners(self, content: bytes) -> set[Package]:
        """The packages that a bundle's certificates are of; none where one of them is of no package."""
        found = {self._owners.get(block) for block in blocks(content)}
        return set() if None in found else {each for each in found if each}


def blocks(content: bytes) -> set[bytes]:
    """The certificates in a file in PEM, each as the bytes between its lines."""
    return {b"".join(block.split()) for block in BLOCK.findall(content)}
