"""What an SBOM names of an image: its packages, and the files that it knows of any.

https://spdx.github.io/spdx-spec/v2.3/
https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plimsoll.paths import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MERGED = re.compile(r"usr/(?=(bin|sbin|lib|lib32|lib64)/)")
FOUND_IN = re.compile(r"(?:information|metadata|from|file)[^/]*: (/.+)$")
"""How scanners tell where they learned of a package: `acquired package info from go module information: /app`."""

LOCATION = re.compile(r".*:location:\d+:path")
"""The property by which they tell that in CycloneDX."""

NO_PACKAGE = {"file", "operating-system", "container"}
"""Types of CycloneDX's components that say nothing of whose a file is."""


@dataclass(frozen=True)
class Sbom:
    """What one SBOM, or several of one image, name.

    Attributes:
        packages: how many packages.
        files: the paths of files that it knows to be of a package.
        lists_files: whether it speaks of single files at all.

    """

    packages: int
    files: frozenset[str]
    lists_files: bool

    def names(self, path: str) -> bool:
        """Whether it says of which package a file is."""
        return _usual(path) in self.files


def read(predicates: Iterable[dict[str, Any]]) -> Sbom:
    """What SBOMs name; what in them is none of their form is passed over.

    Args:
        predicates: the documents, in SPDX 2 or in CycloneDX.

    """
    found = [each for predicate in predicates for each in (_of_spdx(predicate), _of_cyclonedx(predicate))]
    return Sbom(
        sum(each.packages for each in found),
        frozenset().union(*(each.files for each in found)),
        any(each.lists_files for each in found),
    )


def _of_spdx(document: dict[str, Any]) -> Sbom:
    relations = [
        tuple(str(each.get(key)) for key in ("spdxElementId", "relationshipType", "relatedSpdxElement"))
        for each in _objects(document, "relationships")
    ]
    described = {other for one, kind, other in relations if (one, kind) == ("SPDXRef-DOCUMENT", "DESCRIBES")}
    described |= set(map(str, _list(document, "documentDescribes")))
    packages = {str(each.get("SPDXID")): each for each in _objects(document, "packages")}
    # The image itself holds everything, which says nothing.
    known = {name: each for name, each in packages.items() if name not in described}
    linked = {(one, other) for one, _, other in relations} | {(other, one) for one, _, other in relations}
    linked |= {(name, str(file)) for name, each in known.items() for file in _list(each, "hasFiles")}
    theirs = {other for one, other in linked if one in known}
    paths = [str(each.get("fileName")) for each in _objects(document, "files") if str(each.get("SPDXID")) in theirs]
    paths += [match[1] for each in known.values() if (match := FOUND_IN.search(str(each.get("sourceInfo") or "")))]
    return Sbom(len(known), frozenset(map(_usual, paths)), bool(paths or _list(document, "files")))


def _of_cyclonedx(document: dict[str, Any]) -> Sbom:
    components = [each for each in _components(document) if each.get("type") not in NO_PACKAGE]
    paths = [
        str(each.get("value"))
        for component in components
        for each in _objects(component, "properties")
        if LOCATION.fullmatch(str(each.get("name")))
    ]
    for component in components:
        evidence = component.get("evidence")
        occurrences = _objects(evidence, "occurrences") if isinstance(evidence, dict) else []
        files = [each for each in _objects(component, "components") if each.get("type") == "file"]
        paths += [*(str(each.get("location")) for each in occurrences), *(str(each.get("name")) for each in files)]
    return Sbom(len(components), frozenset(map(_usual, paths)), bool(paths))


def _components(document: dict[str, Any], deepest: int = 8) -> Iterator[dict[str, Any]]:
    for each in _objects(document, "components") if deepest else []:
        yield each
        yield from _components(each, deepest - 1)


def _objects(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [each for each in _list(document, key) if isinstance(each, dict)]


def _list(document: dict[str, Any], key: str) -> list[Any]:
    found = document.get(key)
    return found if isinstance(found, list) else []


def _usual(path: str) -> str:
    """A path as it was before `/lib` became a link into `/usr`: packages name either."""
    return MERGED.sub("", clean(path), count=1)
