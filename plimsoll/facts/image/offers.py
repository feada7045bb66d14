"""What is published under a name: an image, or an index of images for several platforms, and what is attested of each.

https://github.com/opencontainers/image-spec/blob/main/image-index.md
https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

from plimsoll.facts.image import archive, manifests, platforms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.platforms import Platform

MOST_NAMED = 500
"""Images and attestations above which an index is none that anybody made: official ones have some thirty."""

MOST_ATTESTED = 50
"""Statements about one image that are read."""

ABOUT = "vnd.docker.reference.digest"
"""The annotation by which an attestation tells the digest of the image that it is about."""

IN_TOTO = "application/vnd.in-toto+json"
KIND = "in-toto.io/predicate-type"
"""How a statement is stored, and the annotation that tells what it states."""

PROVENANCE = "https://slsa.dev/provenance/"
SBOM = ("https://spdx.dev/Document", "https://cyclonedx.org/bom")
"""How the kinds of statements begin that tell how an image was made, and what is in it."""


class Documents(Protocol):
    """Where the parts of what is published are to be had."""

    @property
    def where(self) -> str:
        """What has them, for messages."""

    def manifest(self, digest: str) -> dict[str, Any]:
        """A manifest, or an index."""

    def blob(self, digest: str, size: int) -> dict[str, Any]:
        """A blob that is a document."""

    def image(self, digest: str) -> Image:
        """The facts of the image of a manifest, its layers read."""


@dataclass(frozen=True)
class Statement:
    """What somebody attests of an image.

    Attributes:
        kind: the type of what is stated, as an address.
        about: the digests of what it is about, as it says itself.
        predicate: what is stated.

    """

    kind: str
    about: frozenset[str]
    predicate: dict[str, Any]


@dataclass(frozen=True)
class Offered:
    """One of the images that are published under a name.

    Attributes:
        digest: of its manifest.
        descriptor: what the index says of it; empty where it is published without one.
        manifest: its own.
        config: its configuration.
        attested: the manifests of what is attested of it.
        documents: where the rest of it is.

    """

    digest: str
    descriptor: dict[str, Any]
    manifest: dict[str, Any]
    config: dict[str, Any]
    attested: tuple[str, ...] = ()
    documents: Documents | None = field(default=None, repr=False, compare=False)

    @property
    def own_platform(self) -> Platform:
        """What it says itself that it is for."""
        return platforms.told(self.config)

    @property
    def platform(self) -> Platform:
        """What it is published for: as the index says, else as it says itself."""
        said = self.descriptor.get("platform") or {}
        return platforms.told(said) if said else self.own_platform

    @property
    def is_for(self) -> tuple[object, ...]:
        """What tells it from the others for whoever pulls: also the release of a system that has no other kernel."""
        said = self.descriptor.get("platform") or {}
        return (self.platform, said.get("os.version"), *sorted(said.get("os.features") or ()))

    @property
    def settings(self) -> dict[str, Any]:
        """What a container of it is started with."""
        return cast("dict[str, Any]", self.config.get("config") or {})

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return _words(self.settings.get("Labels"))

    @property
    def annotations(self) -> dict[str, str]:
        """What its manifest is annotated with."""
        return _words(self.manifest.get("annotations"))

    @property
    def said_of_it(self) -> dict[str, str]:
        """What the index annotates it with."""
        return _words(self.descriptor.get("annotations"))

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The descriptors of its layers, the lowest first."""
        return list(self.manifest.get("layers") or [])

    @cached_property
    def size(self) -> int:
        """Bytes of the files in all its layers, uncompressed: they are read for that.

        Raises:
            PlimsollError: they can't be had.

        """
        assert self.documents
        return self.documents.image(self.digest).size

    @cached_property
    def programs(self) -> frozenset[str]:
        """The paths of the programs and libraries that a container sees: its layers are read for that.

        Raises:
            PlimsollError: they can't be had.

        """
        assert self.documents
        return frozenset(self.documents.image(self.digest).programs)

    @cached_property
    def statements(self) -> list[Statement]:
        """What is attested of it.

        Raises:
            PlimsollError: it can't be had, or is damaged.

        """
        assert self.documents
        with archive.refusing_no_image(self.documents.where):
            return list(_stated(self.documents, self.attested))

    def stated(self, *kinds: str) -> list[Statement]:
        """What is attested of it, of the kinds that begin so; what is about another image does not count."""
        return [each for each in self.statements if each.kind.startswith(kinds) and self._is_about(each)]

    def misplaced(self, *kinds: str) -> list[Statement]:
        """What of these kinds lies beside it and is about another image."""
        return [each for each in self.statements if each.kind.startswith(kinds) and not self._is_about(each)]

    def _is_about(self, statement: Statement) -> bool:
        # BuildKit names what it is about by the image's name: of one that was given none, it is what it lies beside.
        return not statement.about or self.digest in statement.about


@dataclass(frozen=True)
class Offer:
    """What is published under a name.

    Attributes:
        digest: of what the name leads to.
        document: that, an index or a manifest.
        images: of it, in its order.

    """

    digest: str
    document: dict[str, Any]
    images: tuple[Offered, ...]

    @property
    def is_index(self) -> bool:
        """Whether it can hold images for several platforms."""
        return "manifests" in self.document

    @property
    def annotations(self) -> dict[str, str]:
        """What the index is annotated with."""
        return _words(self.document.get("annotations")) if self.is_index else {}


def read(digest: str, documents: Documents) -> Offer:
    """What is published, its layers and what is attested unread.

    Args:
        digest: of what a name leads to.
        documents: where it is.

    Raises:
        PlimsollError: it can't be had, or is damaged.

    """
    document = documents.manifest(digest)
    with archive.refusing_no_image(documents.where):
        if "manifests" not in document:
            return Offer(digest, document, (_offered(digest, {}, document, (), documents),))
        named = list(document["manifests"])
        if len(named) > MOST_NAMED:
            raise ValueError(f"its index names {len(named)} images")
        attested: dict[str, list[str]] = {}
        for each in named:
            if _is_attestation(each):
                attested.setdefault(str((each.get("annotations") or {}).get(ABOUT)), []).append(each["digest"])
        images = tuple(
            _offered(
                each["digest"], each, documents.manifest(each["digest"]), attested.get(each["digest"], ()), documents
            )
            for each in named
            if not _is_attestation(each)
        )
        return Offer(digest, document, images)


def _is_attestation(descriptor: dict[str, Any]) -> bool:
    return manifests.ABOUT in (descriptor.get("annotations") or {})


def _offered(
    digest: str,
    descriptor: dict[str, Any],
    manifest: dict[str, Any],
    attested: Iterable[str],
    documents: Documents,
) -> Offered:
    if "config" not in manifest:
        raise ValueError(f"{digest} in it is no image")
    about = manifest["config"]
    config = documents.blob(about["digest"], int(about["size"]))
    return Offered(digest, descriptor, manifest, config, tuple(attested), documents)


def _stated(documents: Documents, attested: tuple[str, ...]) -> Iterator[Statement]:
    layers = [
        layer
        for digest in attested
        for layer in documents.manifest(digest).get("layers") or []
        if layer.get("mediaType") == IN_TOTO
    ]
    for layer in layers[:MOST_ATTESTED]:
        said = documents.blob(layer["digest"], int(layer["size"]))
        about = frozenset(
            f"{algorithm}:{value}"
            for subject in said.get("subject") or []
            for algorithm, value in (subject.get("digest") or {}).items()
        )
        kind = said.get("predicateType") or (layer.get("annotations") or {}).get(KIND) or ""
        yield Statement(str(kind), about, dict(said.get("predicate") or {}))


def _words(said: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}
