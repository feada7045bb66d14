"""What of a tree is Python's own, and what its installers put beside it, by the lists that they keep."""

from __future__ import annotations

import base64
import csv
import io
import posixpath
import re
import zipfile
from functools import cached_property
from importlib import util
from typing import TYPE_CHECKING, NamedTuple

from workshop.sbom.package import Package

if TYPE_CHECKING:
    from workshop.sbom.tree import Tree

VERSION = re.compile(r"(?P<prefix>.*)include/(?P<name>python3\.\d+)/patchlevel\.h")
CACHED = re.compile(r"(?P<folder>(?:.*/)?)__pycache__/(?P<name>[^/]+)\.cpython-\d+(\.opt-\d)?\.pyc")
INSTALLED = ("site-packages/",)
HEADER = 16
"""Bytes before byte code: a magic number, flags, and of what source it is."""


class Runtime(NamedTuple):
    """A Python.

    Attributes:
        program: the path of the interpreter.
        library: the folder of its standard library, with a slash at its end.
        package: what it is.

    """

    program: str
    library: str
    package: Package


class Python:
    """The Pythons of one tree, and what is installed for them.

    Args:
        tree: where they are.

    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @cached_property
    def runtimes(self) -> list[Runtime]:
        """The Pythons that were unpacked or built there, with their headers; of a package manager's, it knows."""
        found = []
        for path in self._tree.named("patchlevel.h"):
            match = VERSION.fullmatch(path)
            number = re.search(r'PY_VERSION\s+"([^"]+)"', self._tree.text(path)) if match else None
            if match and number:
                package = Package("generic", "python", number[1], cpe="python:python", licence="Python-2.0")
                prefix, name = match["prefix"], match["name"]
                found.append(Runtime(f"{prefix}bin/{name}", f"{prefix}lib/{name}/", package))
        return found

    @cached_property
    def _recorded(self) -> dict[str, tuple[Package, str]]:
        """What installers list: each path with its package, and its SHA-256 where that is told."""
        found = {}
        for path in self._tree.named("RECORD"):
            folder, _, information = posixpath.dirname(path).rpartition("/")
            if information.endswith(".dist-info"):
                package = _distribution(self._tree, posixpath.dirname(path))
                for name, total, *_ in csv.reader(self._tree.text(path).splitlines()):
                    found[posixpath.normpath(posixpath.join(folder, name))] = package, _hexadecimal(total)
        return found

    def owner(self, path: str) -> Package | None:
        """The package that a file of this tree belongs to, None where none knows it as it is."""
        package, total = self._recorded.get(path, (None, ""))
        if package:
            return package if not total or total == self._tree.digest(path) else None
        for runtime in self.runtimes:
            if path == runtime.program or (
                path.startswith(runtime.library) and not path.removeprefix(runtime.library).startswith(INSTALLED)
            ):
                return runtime.package
        return None

    def owners_in_zip(self, content: bytes) -> tuple[set[Package], set[str]]:
        """The packages of what is in a zip of this tree's Python modules, and the members that are of none."""
        owners: set[Package] = set()
        unknown = set()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {each.filename: archive.read(each) for each in archive.infolist() if not each.is_dir()}
        for name, inside in members.items():
            source = members.get(name.removesuffix("c"), b"") if name.endswith(".pyc") else inside
            found = self._owner_of_module(name.removesuffix("c") if name.endswith(".pyc") else name, source)
            if found and (source is inside or is_compiled(inside, source)):
                owners.add(found)
            else:
                unknown.add(name)
        return owners, unknown

    def _owner_of_module(self, name: str, content: bytes) -> Package | None:
        for runtime in self.runtimes:
            for folder in ("", *INSTALLED):
                path = f"{runtime.library}{folder}{name}"
                if path in self._tree and self._tree.content(path) == content:
                    return self.owner(path)
        return None


def source_of(path: str) -> str:
    """The path of the source that cached byte code is of, empty where a path is none."""
    match = CACHED.fullmatch(path)
    return f"{match['folder']}{match['name']}.py" if match else ""


def is_compiled(code: bytes, source: bytes) -> bool:
    """Whether byte code says that it is of a source; what another Python compiled is believed."""
    if len(code) < HEADER or code[:4] != util.MAGIC_NUMBER:
        return len(code) >= HEADER
    if code[4] & 1:
        return code[8:HEADER] == util.source_hash(source)
    return int.from_bytes(code[12:HEADER], "little") == len(source) & 0xFFFFFFFF


def _distribution(tree: Tree, folder: str) -> Package:
    text = tree.text(f"{folder}/METADATA") if f"{folder}/METADATA" in tree else ""
    told = dict(re.findall(r"^(Name|Version|License-Expression): (.+)$", text.partition("\n\n")[0], re.MULTILINE))
    name, _, version = posixpath.basename(folder).removesuffix(".dist-info").partition("-")
    return Package(
        "pypi", told.get("Name", name), told.get("Version", version), licence=told.get("License-Expression", "")
    )


def _hexadecimal(told: str) -> str:
    algorithm, _, encoded = told.partition("=")
    if algorithm != "sha256":
        return ""
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).hex()
