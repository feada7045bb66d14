"""Which parts of an archive make an image: told by OCI's index.json, or by the manifest.json of `docker save`.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from plimsoll import references
from plimsoll.facts.image import platforms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.image.platforms import Platform

INDEX = "index.json"
DOCKER = "manifest.json"

NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
"""The annotations of an index that hold an image's name, the fuller one first."""

ABOUT = "vnd.docker.reference.type"
"""The annotation by which an index tells what is about an image from an image: an attestation."""

CONFIGURATION = re.compile(r"(?:sha256:)?([0-9a-f]{64})(?:\.json)?")
"""What Docker of old, and others, call a configuration: its digest."""

BLOB = re.compile(r"blobs/(sha256/[0-9a-f]{64}|sha512/[0-9a-f]{128})")

MOST_LAYERS = 1000
"""Layers above which nothing could start an image: engines stop at 128 or sooner."""

DEEPEST = 8
"""Indexes in indexes that are followed."""


@dataclass(frozen=True)
class Manifest:
    """One image of an archive.

    Attributes:
        name: that it has there, empty where it has none.
        config: the path of its configuration.
        layers: the paths of its layers, the lowest first.
        platform: what it is for.
        digests: by path, what the content of a layer must have whose name does not say it.
        digest: of the manifest itself, empty where it has none.
        offer: the digest of what its name leads to, an index or this manifest; empty where `docker save` wrote it.
        number: which it is of the archive's images.

    """

    name: str
    config: str
    layers: tuple[str, ...]
    platform: Platform
    digests: dict[str, str] = field(default_factory=dict, hash=False, compare=False)
    digest: str = ""
    offer: str = ""
    number: int = 0


@dataclass
class Listing:
    """What an archive holds.

    Attributes:
        paths: of all its files.
        documents: what JSON tells, by path.
        links: paths that stand for others.
        packed: those of its layers that are compressed.

    """

    paths: set[str] = field(default_factory=set)
    documents: dict[str, Any] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    packed: set[str] = field(default_factory=set)

    def holds(self, path: str) -> bool:
        """Whether a file is there, under that name or as another's."""
        return self.links.get(path, path) in self.paths


def promised(path: str) -> str:
    """The digest that a part's name promises of its content, empty where it promises none."""
    if match := BLOB.fullmatch(path):
        return match[1].replace("/", ":")
    match = CONFIGURATION.fullmatch(path)
    return f"sha256:{match[1]}" if match else ""


def blob(digest: object) -> str:
    """The path of a blob.

    Raises:
        ValueError: that is no digest of a kind that can be checked.

    """
    if not (isinstance(digest, str) and references.DIGEST.fullmatch(digest)):
        raise ValueError(f"{digest!r} is no digest")
    return f"blobs/{digest.replace(':', '/')}"


def of(listing: Listing) -> list[Manifest]:
    """The images of an archive; of those that an index names, the ones that are there.

    Raises:
        KeyError: one is wanted that is not there; ValueError, TypeError, AttributeError: what names them is damaged.

    """
    tagged = {each["Config"]: next(iter(each.get("RepoTags") or []), "") for each in _saved(listing)}
    if INDEX not in listing.documents:
        return [
            _manifest(listing, tagged[each["Config"]], each["Config"], each.get("Layers") or [])
            for each in _saved(listing)
        ]
    found = []
    named = list(_named(listing, listing.documents[INDEX], "", DEEPEST))
    for each in named:
        config = blob(each.document["config"]["digest"])
        layers = [blob(one["digest"]) for one in each.document.get("layers") or []]
        # Whoever saves one platform of several leaves the index as it is.
        if len(named) == 1 or all(map(listing.holds, [config, *layers])):
            made = _manifest(listing, tagged.get(config) or each.name, config, layers)
            found.append(replace(made, digest=each.digest, offer="" if tagged else each.offer))
    return found


def _saved(listing: Listing) -> list[dict[str, Any]]:
    return list(listing.documents.get(DOCKER) or [])


class _Named(NamedTuple):
    """A manifest that an index leads to: the name that it has there, and the digests of both."""

    name: str
    document: dict[str, Any]
    digest: str
    offer: str


def _named(listing: Listing, index: dict[str, Any], above: str, deepest: int, offer: str = "") -> Iterator[_Named]:
    """The manifests that an index leads to."""
    for each in index.get("manifests") or []:
        annotations = each.get("annotations") or {}
        path = blob(each["digest"])
        if ABOUT in annotations or not (listing.holds(path) or len(index["manifests"]) == 1):
            continue
        name = next((annotations[key] for key in NAMES if annotations.get(key)), above)
        document = listing.documents[path]
        if "manifests" not in document:
            yield _Named(name, document, each["digest"], offer or each["digest"])
        elif deepest:
            yield from _named(listing, document, name, deepest - 1, offer or each["digest"])


def _manifest(listing: Listing, name: str, config: str, layers: list[str]) -> Manifest:
    if len(layers) > MOST_LAYERS:
        raise ValueError(f"an image of it has {len(layers)} layers")
    document = listing.documents[config]
    paths = tuple(listing.links.get(path, path) for path in layers)
    if missing := next((path for path in paths if path not in listing.paths), None):
        raise KeyError(missing)
    # It tells what they are unpacked.
    unpacked = (document.get("rootfs") or {}).get("diff_ids") or []
    digests = {
        path: digest
        for path, digest in zip(paths, unpacked, strict=False)
        if path not in listing.packed and not promised(path) and references.DIGEST.fullmatch(digest)
    }
    return Manifest(str(name), config, paths, platforms.told(document), digests)
