"""Whose each file of an image is: by package managers' lists, by what linkers and builds wrote down, by the context."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from workshop.sbom import golang
from workshop.sbom.python import is_compiled, source_of
from workshop.sbom.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workshop.sbom.package import Package
    from workshop.sbom.tree import Tree

ELF = b"\x7fELF"


class Explained:
    """What an image consists of.

    Args:
        image: its files.
        stages: those that it was put together from, as far as the build shows them.
        context: what was sent to the builder; None where that is not shown.
        own: what the image is an image of.

    """

    def __init__(self, image: Tree, stages: Iterable[Tree], context: Tree | None, own: Package) -> None:
        self.image = image
        self.own = own
        self._context = context
        self._itself = Stage(image)
        self._stages = [*(Stage(each) for each in stages), self._itself]
        self.linked: dict[Package, set[Package]] = defaultdict(set)

    @cached_property
    def owners(self) -> dict[str, set[Package]]:
        """Each file of the image with the packages that it is of; none where nothing tells of any."""
        found = {path: self._owners(path) for path in self.image.sizes}
        return {path: owners or self._compiled(path, found) for path, owners in found.items()}

    def _compiled(self, path: str, found: dict[str, set[Package]]) -> set[Package]:
        """The packages of the source that lies beside its byte code."""
        source = source_of(path)
        if source in found and is_compiled(self.image.content(path), self.image.content(source)):
            return found[source]
        return set()

    @property
    def packages(self) -> list[Package]:
        """All that it consists of, sorted by package URL."""
        owned = {package for owners in self.owners.values() for package in owners}
        linked = {package for packages in self.linked.values() for package in packages}
        return sorted(owned | linked | {self.own}, key=lambda each: each.purl)

    def _owners(self, path: str) -> set[Package]:
        return (
            self._of_go(path)
            or next((found for stage in self._stages if (found := stage.owners(self.image, path))), set())
            or self._from_context(self.image, path)
            or next((found for stage in self._stages if (found := self._built(stage, path))), set())
            or self._put_together(path)
        )

    def _of_go(self, path: str) -> set[Package]:
        content = self.image.content(path)
        told = golang.linked(content) if content.startswith(ELF) else None
        if not told:
            return set()
        main = self.own if told[0].name == self.own.name else told[0]
        self.linked[main] |= told[1]
        return {main}

    def _from_context(self, tree: Tree, path: str) -> set[Package]:
        return {self.own} if self._context and self._context.copies(tree, path) else set()

    def _built(self, stage: Stage, path: str) -> set[Package]:
        """The packages of what a stage says that it made a file of."""
        if stage is self._itself:
            return set()
        for copy in stage.tree.copies(self.image, path):
            if found := self._made_of(stage, copy, set()):
                if linked := stage.linked(copy):
                    self.linked[self.own] |= linked
                return found
        return set()

    def _made_of(self, stage: Stage, path: str, seen: set[str]) -> set[Package]:
        """The packages of all sources of a file; none where it is not known what one of them is."""
        sources = stage.made.sources.get(path, set()) - seen
        found = [self._source(stage, each, seen | {path}) for each in sources]
        return set().union(*found) if all(found) else set()

    def _source(self, stage: Stage, path: str, seen: set[str]) -> set[Package]:
        if path in stage.tree and (found := stage.brought(path) or self._from_context(stage.tree, path)):
            return found
        if path not in stage.tree and self._context and self._context.ending(path):
            # It was mounted while it was needed.
            return {self.own}
        return self._made_of(stage, path, seen)

    def _put_together(self, path: str) -> set[Package]:
        """The packages of what is in a file that holds others: a zip of modules, a bundle of certificates."""
        content = self.image.content(path)
        if zipfile.is_zipfile(self.image.root / path):
            for stage in self._stages:
                owners, unknown = stage.python.owners_in_zip(content)
                if owners and not unknown:
                    return owners
        return next((found for stage in self._stages if (found := stage.certificates.owners(content))), set())
