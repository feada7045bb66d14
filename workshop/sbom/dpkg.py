"""What Debian's packages installed, by the lists that dpkg keeps of them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from workshop.sbom.package import Package, usual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workshop.sbom.tree import Tree

STATUS = "var/lib/dpkg/status"
LISTS = "var/lib/dpkg/info/"
PIECES = "var/lib/dpkg/status.d/"
"""Where images without dpkg, such as distroless ones, have the record and the sums of each package."""

RELEASES = ("etc/os-release", "usr/lib/os-release")
FIELD = re.compile(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)


class Dpkg:
    """The packages of one tree, and the files of each.

    Args:
        tree: where they are installed.

    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @cached_property
    def packages(self) -> dict[str, Package]:
        """The packages by name, and by name and architecture as dpkg calls its lists."""
        found = {}
        for record in self._records():
            package = self._package(record)
            found[record["Package"]] = found[f"{record['Package']}:{record.get('Architecture', '')}"] = package
        return found

    def owners(self, tree: Tree, path: str, copies: list[str]) -> set[Package]:
        """The package that brought a file, as it brought it.

        Args:
            tree: where the file is.
            path: its path there.
            copies: the files of this tree that have its content.

        """
        if not self.packages:
            return set()
        names = {usual(each) for each in (path, *copies)}
        brought = self._by_sum.get(tree.digest(path, "md5"), {})
        return {package for name, package in brought.items() if name in names}

    @cached_property
    def _by_sum(self) -> dict[str, dict[str, Package]]:
        """The paths with each checksum, each with its package."""
        found: dict[str, dict[str, Package]] = {}
        for path in self._tree.sizes:
            if path.startswith((LISTS, PIECES)) and path.endswith(".md5sums"):
                package = self.packages.get(path.rpartition("/")[2].removesuffix(".md5sums"))
                for line in self._tree.text(path).splitlines() if package else []:
                    total, _, name = line.partition("  ")
                    found.setdefault(total, {})[usual(name.lstrip("./"))] = package  # type: ignore[assignment]
        for record in self._records():
            for line in record.get("Conffiles", "").splitlines():
                name, _, total = line.strip().partition(" ")
                if total:
                    found.setdefault(total.split()[0], {})[usual(name.lstrip("/"))] = self._package(record)
        return found

    def _records(self) -> Iterator[dict[str, str]]:
        texts = [self._tree.text(STATUS)] if STATUS in self._tree else []
        texts += [
            self._tree.text(path)
            for path in self._tree.sizes
            if path.startswith(PIECES) and not path.endswith(".md5sums")
        ]
        for record in "\n\n".join(texts).split("\n\n"):
            fields = dict(FIELD.findall(record))
            if "Package" in fields and "installed" in fields.get("Status", "installed"):
                yield fields

    def _package(self, record: dict[str, str]) -> Package:
        told = {"arch": record.get("Architecture", ""), **self._distribution}
        if source := record.get("Source"):
            name, _, version = source.partition(" ")
            told["upstream"] = f"{name}@{version.strip('()')}" if version else name
        kept = tuple(sorted((key, value) for key, value in told.items() if value))
        return Package("deb", f"debian/{record['Package']}", record.get("Version", ""), kept)

    @cached_property
    def _distribution(self) -> dict[str, str]:
        for path in RELEASES:
            if path in self._tree:
                told = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', self._tree.text(path), re.MULTILINE))
                return {"distro": f"{told.get('ID', '')}-{told.get('VERSION_ID', '')}".strip("-")}
        return {}
