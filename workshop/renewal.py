"""Whether what was published would be built of other bases today: its own provenance tells of which it was."""

from __future__ import annotations

import json
import urllib.parse
from typing import TYPE_CHECKING, Any

from docker import auth

from plimsoll import references
from plimsoll.errors import UnreadableError
from plimsoll.facts.image.manifests import ABOUT
from plimsoll.registries.refused import MissingError
from plimsoll.registries.repository import LARGEST_MANIFEST, Repository
from workshop.root import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREDICATE = "in-toto.io/predicate-type"
PROVENANCE = "https://slsa.dev/provenance/"
IMAGE = "pkg:docker/"
"""What the names of materials begin with that are images."""

LARGEST = 8 * LARGEST_MANIFEST
"""Bytes that are read of one provenance: with `mode=max` it holds the whole build."""


def changed(images: Iterable[str]) -> list[str]:
    """Why images would be other ones today, a line each; none where every base is what it was.

    Args:
        images: the names of what was published, each with its registry and tag.

    Raises:
        PlimsollError: a registry does not answer, or what it gives can't be understood.

    """
    told: list[str] = []
    bases: dict[str, set[str]] = {}
    for image in images:
        found = _bases(image)
        told += [] if found else [f"{image} is not there, or tells no bases"]
        for name, digests in found.items():
            # What is made here is in no registry: what writes SBOMs.
            if not name.startswith(PREFIX):
                bases.setdefault(name, set()).update(digests)
    for name, before in sorted(bases.items()):
        now, meant = _meant(name)
        told += [f"{name} was {_brief(each)} and is {_brief(now)}" for each in sorted(before - meant)]
    return told


def _bases(image: str) -> dict[str, set[str]]:
    """The bases that an image was built of, with the digests that they had; none where it is not there."""
    name = references.parse(image)
    repository = Repository(name.repository)
    found: dict[str, set[str]] = {}
    try:
        index = repository.manifest(name.digest or name.tag)
    except MissingError:
        return {}
    for entry in index.value.get("manifests", []):
        if ABOUT not in entry.get("annotations", {}):
            continue
        for layer in repository.manifest(entry["digest"]).value.get("layers", []):
            if layer.get("annotations", {}).get(PREDICATE, "").startswith(PROVENANCE):
                for base, digest in materials(repository.document(layer["digest"], LARGEST)):
                    found.setdefault(base, set()).add(digest)
    return found


def materials(statement: bytes) -> Iterator[tuple[str, str]]:
    """The images that a provenance names, each with its digest; it may be of SLSA's first form or its second.

    Raises:
        UnreadableError: it is none.

    """
    try:
        predicate: dict[str, Any] = json.loads(statement)["predicate"]
        definition = predicate.get("buildDefinition", {})
        for each in definition.get("resolvedDependencies", []) or predicate.get("materials", []):
            if each["uri"].startswith(IMAGE):
                name, _, version = each["uri"].removeprefix(IMAGE).partition("?")[0].rpartition("@")
                yield f"{urllib.parse.unquote(name)}:{version}", f"sha256:{each['digest']['sha256']}"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError("the provenance can't be understood", "publish the image again") from error


def _meant(base: str) -> tuple[str, set[str]]:
    """The digest that a base's tag stands for now, and beside it those of the images of an index."""
    name = references.parse(base)
    host, _ = references.split(name.repository)
    document = Repository(name.repository if host else f"{auth.INDEX_NAME}/{name.repository}").manifest(name.tag)
    return document.digest, {document.digest, *(each["digest"] for each in document.value.get("manifests", []))}


def _brief(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
