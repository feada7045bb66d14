"""What is linked into a program that Cargo built, by what Cargo and its compiler leave beside it."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from functools import cached_property
from typing import TYPE_CHECKING

from workshop.sbom import made
from workshop.sbom.package import Package

if TYPE_CHECKING:
    from workshop.sbom.tree import Tree

CRATE = re.compile(r"(?:.*/)?registry/src/[^/]+/(?P<name>[^/]+?)-(?P<version>\d+\.\d+\.\d+[^/]*)/.+")
LINKED = (".rlib", ".rmeta")
COMPILER = ".rustc_info.json"


class Rust:
    """What Cargo built in one stage.

    Args:
        tree: the stage.

    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def linked(self, program: str) -> set[Package]:
        """The crates that are linked into a program, the standard library among them; none where Cargo built it not.

        Args:
            program: its path, such as `src/target/release/probe`.

        """
        folder = posixpath.dirname(program)
        if f"{program}.d" not in self._tree or not any(self._libraries(folder)):
            return set(self._compiler(folder)) if f"{program}.d" in self._tree else set()
        found = {crate for path in self._libraries(folder) for crate in self._crates(path)}
        return found | set(self._compiler(folder))

    def _libraries(self, folder: str) -> list[str]:
        """The dependency files of what was compiled to be linked, and is not only for the build itself."""
        return [path for path in self._tree.sizes if path.startswith(f"{folder}/deps/") and path.endswith(".d")]

    def _crates(self, path: str) -> list[Package]:
        return [
            crate
            for targets, sources in made.rules(self._tree.text(path))
            if any(target.endswith(LINKED) for target in targets)
            for source in sources
            if (crate := self.crate(source.lstrip("/")))
        ]

    def crate(self, path: str) -> Package | None:
        """The crate that a source belongs to, None where it is of none that was published."""
        match = CRATE.fullmatch(path)
        if not match:
            return None
        told = self._locked.get((match["name"], match["version"]), "")
        return Package("cargo", match["name"], match["version"], sha256=told)

    @cached_property
    def _locked(self) -> dict[tuple[str, str], str]:
        """The checksums of crates by name and version, of all lock files outside the registry."""
        found = {}
        for path in self._tree.named("Cargo.lock"):
            if "registry/src/" not in path:
                for each in tomllib.loads(self._tree.text(path)).get("package", []):
                    found[each["name"], each["version"]] = each.get("checksum", "")
        return found

    def _compiler(self, folder: str) -> list[Package]:
        path = f"{posixpath.dirname(folder)}/{COMPILER}"
        if path not in self._tree:
            return []
        told = json.dumps(json.loads(self._tree.text(path)))
        version = re.search(r"rustc (\d+\.\d+\.\d+)", told)
        return (
            [Package("generic", "rust", version[1], cpe="rust-lang:rust", licence="MIT OR Apache-2.0")]
            if version
            else []
        )
