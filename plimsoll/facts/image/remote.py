"""Images in a registry, read without an engine: each layer once, as it comes, and nothing is kept but its facts."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plimsoll.errors import UnreadableError
from plimsoll.facts.image import archive, image, manifests, offers, platforms, tar
from plimsoll.facts.image.archive import Part
from plimsoll.facts.image.manifests import Manifest
from plimsoll.registries.repository import Repository
from plimsoll.subject import Remote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.image.image import Image
    from plimsoll.references import Reference

AGAIN = "push the image again"


@dataclass(frozen=True)
class Published:
    """Images of one name in a registry, as the parts that they are made of.

    Attributes:
        repository: the registry's host, and the path there.

    """

    repository: str

    @property
    def where(self) -> str:
        """What has them, for messages."""
        return self.repository

    @functools.cache  # noqa: B019 - one a process, for as long as it lasts
    def manifest(self, digest: str) -> dict[str, Any]:
        """A manifest, or an index.

        Raises:
            PlimsollError: it can't be had.

        """
        return Repository(self.repository).manifest(digest).value

    @functools.cache  # noqa: B019
    def blob(self, digest: str, size: int) -> dict[str, Any]:
        """A blob that is a document.

        Raises:
            PlimsollError: it can't be had, or is none.

        """
        what = f"{self.repository}@{digest}"
        if not 0 <= size <= archive.LARGEST_DOCUMENT:
            raise UnreadableError(f"{what} is no document, it has {size} bytes", AGAIN)
        try:
            found = json.loads(Repository(self.repository).document(digest, size))
        except (ValueError, RecursionError) as error:
            raise UnreadableError(f"{what} is damaged, it is no JSON", AGAIN) from error
        if not isinstance(found, dict):
            raise UnreadableError(f"{what} is damaged, it is no object of JSON", AGAIN)
        return found

    def image(self, digest: str) -> Image:
        """The facts of the image of a manifest, its layers read.

        Raises:
            PlimsollError: it can't be had, is damaged, or unpacks to more than it may.

        """
        return read(self.repository, digest, f"{self.repository}@{digest}")


def found(reference: Reference, platform: str = "") -> tuple[Remote, str]:
    """Where the image is that a name means, and which other platforms it is there for, as people read them.

    Args:
        reference: its name, with the registry's host and a tag or a digest.
        platform: the one that is asked for, empty for this machine's, or else the only one.

    Raises:
        PlimsollError: it can't be had, or is not there for that platform.

    """
    repository = Repository(reference.repository)
    digest = reference.digest or repository.digest(reference.tag)
    offer = offers.read(digest, Published(reference.repository))
    there = [each.platform for each in offer.images]
    if not there:
        raise UnreadableError(f"{reference.repository}@{digest} is an index of no image", AGAIN)
    wanted = platforms.parse(platform) if platform else None
    meant = platforms.chosen(there, wanted, f"{reference.repository}@{digest}")
    image = next(each for each in offer.images if each.platform == meant)
    others = dict.fromkeys(str(each) for each in there if each != meant)
    return Remote(reference.repository, image.digest, digest), ", ".join(others)


@functools.cache
def read(repository: str, digest: str, name: str) -> Image:
    """Facts about an image in a registry, gathered once in a process.

    Args:
        repository: the registry's host, and the path there.
        digest: of the image's manifest.
        name: the image's, as it was asked for.

    Raises:
        PlimsollError: it can't be had, is damaged, or unpacks to more than it may.

    """
    published = Published(repository)
    document = published.manifest(digest)
    with archive.refusing_no_image(name):
        about = document["config"]
        config = published.blob(about["digest"], int(about["size"]))
        layers = [(str(each["digest"]), int(each["size"])) for each in document.get("layers") or []]
        if len(layers) > manifests.MOST_LAYERS:
            raise ValueError(f"it has {len(layers)} layers")
        paths = tuple(manifests.blob(each) for each, _ in layers)
        wanted = Manifest(name, manifests.blob(about["digest"]), paths, platforms.told(config))
    bound = tar.Bound(name, sum(size for _, size in layers))
    parts = (_part(repository, each, size, bound) for each, size in dict(layers).items())
    said = Part(wanted.config, 0, "", json.dumps(config).encode(), iter(()))
    return image.from_parts([said, *parts], name, name, str(about["digest"]), wanted=wanted)


def _part(repository: str, digest: str, size: int, bound: tar.Bound) -> Part:
    """A layer that is asked for once somebody reads it: who knows its facts need not."""

    def chunks() -> Iterator[bytes]:
        yield from Repository(repository).blob(digest, size)

    return Part(manifests.blob(digest), size, "", b"", chunks(), digest=digest, bound=bound, held=True)
