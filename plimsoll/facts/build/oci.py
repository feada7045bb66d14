"""Builds written to an archive in the OCI layout, and what stands in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plimsoll.facts.image import manifests, saved, tar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
    """An archive that a build has written, attestations and all.

    Args:
        file: where it is.

    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def content(self, digest: str) -> bytes:
        """One blob's content."""
        return b"".join(self._chunks(manifests.blob(digest)))

    @property
    def root(self) -> str:
        """The digest of the image: of its index, where it has one."""
        (named,) = json.loads(b"".join(self._chunks(manifests.INDEX)))["manifests"]
        return str(named["digest"])

    def _chunks(self, path: str) -> Iterator[bytes]:
        return next(part.chunks() for part in saved.parts(self._file) if part.path == path)

    def blobs(self) -> list[Blob]:
        """All that it holds, in the order in which it refers to them."""
        return list(self._under(json.loads(b"".join(self._chunks(manifests.INDEX)))))

    def _under(self, document: dict[str, Any]) -> Iterator[Blob]:
        for each in document.get("manifests") or []:
            yield Blob("manifest", each["digest"])
            yield from self._under(json.loads(self.content(each["digest"])))
        if "config" in document:
            yield Blob("configuration", document["config"]["digest"])
        for each in document.get("layers") or []:
            yield Blob("attestation" if "in-toto" in each["mediaType"] else "layer", each["digest"])

    def files(self, digest: str) -> Iterator[tuple[tar.Member, bytes]]:
        """The entries of a layer, each with its content."""
        for member, source in tar.members(tar.unpacked(self._chunks(manifests.blob(digest)))):
            yield member, source.read(member.size) if member.isreg() and member.sparse is None else b""
