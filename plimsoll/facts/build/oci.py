"""Builds written to an archive in the OCI layout, and what stands in it."""

from __future__ import annotations

import json
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INDEX = "index.json"


@dataclass(frozen=True)
class Blob:
    """One part of an archive.

    Attributes:
        what: `configuration`, `layer`, `manifest` or `attestation`.
        digest: of its content.

    """

    what: str
    digest: str


class Archive:
    """An archive that is open for reading."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive

    def open(self, digest: str) -> IO[bytes]:
        """One blob's content."""
        content = self._archive.extractfile("blobs/" + digest.replace(":", "/"))
        if content is None:
            raise KeyError(digest)
        return content

    def blobs(self) -> list[Blob]:
        """All that it holds, in the order in which it refers to them."""
        index = self._archive.extractfile(INDEX)
        return list(self._under(json.load(index))) if index else []

    def _under(self, document: dict[str, Any]) -> Iterator[Blob]:
        for each in document.get("manifests") or []:
            yield Blob("manifest", each["digest"])
            yield from self._under(json.load(self.open(each["digest"])))
        if "config" in document:
            yield Blob("configuration", document["config"]["digest"])
        for each in document.get("layers") or []:
            yield Blob("attestation" if "in-toto" in each["mediaType"] else "layer", each["digest"])

    def files(self, digest: str) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
        """The entries of a layer, each with its content."""
        with self.open(digest) as blob, tarfile.open(fileobj=blob, mode="r|*") as entries:
            for entry in entries:
                content = entries.extractfile(entry) if entry.isreg() else None
                yield entry, content.read() if content else b""


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """An archive for the length of a block."""
    with tarfile.open(path) as archive:
        yield Archive(archive)
