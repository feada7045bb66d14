"""What of a tree is Node's own, and which npm package a file of node_modules belongs to."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING

from workshop.sbom.package import Package

if TYPE_CHECKING:
    from workshop.sbom.tree import Tree

HEADER = "include/node/node_version.h"
FOLDER = re.compile(r"((?:.*/)?node_modules/(?:@[^/]+/)?[^/]+)/.+")


class Node:
    """Node as it was unpacked in one tree, and the packages beside.

    Args:
        tree: where they are.

    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[str, Package | None] = {}

    @cached_property
    def _runtimes(self) -> dict[str, Package]:
        """Each Node by the path of its program."""
        found = {}
        for path in self._tree.named("node_version.h"):
            if path.endswith(HEADER):
                told = dict(re.findall(r"#define NODE_(MAJOR|MINOR|PATCH)_VERSION (\d+)", self._tree.text(path)))
                version = ".".join(told.get(part, "0") for part in ("MAJOR", "MINOR", "PATCH"))
                program = f"{path.removesuffix(HEADER)}bin/node"
                found[program] = Package("generic", "node", version, cpe="nodejs:node.js", licence="MIT")
        return found

    def owner(self, path: str) -> Package | None:
        """The package that a file of this tree belongs to, None where it is of none."""
        if path in self._runtimes:
            return self._runtimes[path]
        match = FOLDER.fullmatch(path)
        if not match:
            return None
        if match[1] not in self._known:
            self._known[match[1]] = self._package(f"{match[1]}/package.json")
        return self._known[match[1]]

    def _package(self, path: str) -> Package | None:
        try:
            told = json.loads(self._tree.text(path)) if path in self._tree else {}
        except ValueError:
            return None
        if not (isinstance(told, dict) and "name" in told and "version" in told):
            return None
        licence = told.get("license")
        return Package("npm", told["name"], told["version"], licence=licence if isinstance(licence, str) else "")
