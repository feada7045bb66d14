"""Images that somebody saved: in an archive of `docker save` or of OCI's layout, or in a folder of that layout.

An archive comes from anywhere. Each blob is held against its digest, nothing outside is read, nothing is written but
what is found out, and what it may unpack to is bounded.
"""

from __future__ import annotations

import functools
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plimsoll.errors import PlimsollError
from plimsoll.facts.image import archive, image, manifests, platforms, tar
from plimsoll.facts.image.archive import Part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.manifests import Manifest
    from plimsoll.facts.image.platforms import Platform

LAYOUT = "oci-layout"
"""The file by which a folder of OCI's layout is known."""

ENDS = (".tar", ".tar.gz", ".tgz", ".tar.zst", ".oci")
"""What the names of archives end with, also of those that are empty or cut off."""


def is_one(path: Path) -> bool:
    """Whether a path leads to an archive, or to a folder of OCI's layout, whether or not it can be read."""
    if path.is_dir():
        return (path / LAYOUT).is_file() and (path / manifests.INDEX).is_file()
    if not path.is_file():
        return False
    if path.name.lower().endswith(ENDS):
        return True
    with path.open("rb") as file:
        begin = file.read(tarfile.BLOCKSIZE)
    return tar.is_packed(begin) or tar.is_header(begin)


def images(path: Path, platform: str = "") -> list[Manifest]:
    """The images of an archive or folder; of one that is there for several platforms, that for the one that is meant.

    Args:
        path: where it is.
        platform: the one that is asked for, empty for this machine's, or else the only one.

    Raises:
        PlimsollError: it holds no image, none for that platform, or is damaged.

    """
    wanted = platforms.parse(platform) if platform else None
    named: dict[str, list[Manifest]] = {}
    for each in _manifests(path):
        named.setdefault(each.name, []).append(each)
    return [each for group in named.values() for each in _of_platform(group, wanted, path)]


def _of_platform(group: list[Manifest], wanted: Platform | None, path: Path) -> Iterator[Manifest]:
    meant = platforms.chosen((each.platform for each in group), wanted, str(path))
    return (each for each in group if each.platform == meant)


@functools.cache
def _manifests(path: Path) -> list[Manifest]:
    """All images that are there."""
    with archive.refusing_damage(str(path)):
        listing = archive.listing(parts(path))
    with archive.refusing_no_image(str(path)):
        if not {manifests.INDEX, manifests.DOCKER} & listing.paths:
            raise KeyError(f"{manifests.INDEX} or {manifests.DOCKER}")
        if found := dict.fromkeys(manifests.of(listing)):
            return [replace(each, number=number) for number, each in enumerate(found)]
        raise ValueError("its index names none that is there")


@functools.cache
def read(path: Path, number: int) -> Image:
    """Facts about one of the images of an archive or folder, gathered once in a process.

    Args:
        path: where it is.
        number: that `images` gives it.

    Raises:
        PlimsollError: it is damaged, or unpacks to more than it may.

    """
    manifest = _manifests(path)[number]
    checked = (replace(part, digest=part.digest or manifest.digests.get(part.path, "")) for part in parts(path))
    identity = manifests.promised(manifest.config)
    return image.from_parts(checked, str(path), manifest.name or identity, identity, wanted=manifest)


class Layout:
    """The parts of what an archive or folder offers, as documents.

    Args:
        path: where it is.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.where = str(path)
        with archive.refusing_damage(self.where):
            self._documents = archive.listing(parts(path)).documents

    def manifest(self, digest: str) -> dict[str, Any]:
        """A manifest, or an index.

        Raises:
            PlimsollError: it is not there, or is none.

        """
        with archive.refusing_no_image(self.where):
            found = self._documents[manifests.blob(digest)]
            if not isinstance(found, dict):
                raise ValueError(f"{digest} in it is no document")  # noqa: TRY004 - told in one line with the others
            return found

    def blob(self, digest: str, size: int) -> dict[str, Any]:  # noqa: ARG002 - it is held to its digest
        """A blob that is a document.

        Raises:
            PlimsollError: it is not there, or is none.

        """
        return self.manifest(digest)

    def image(self, digest: str) -> Image:
        """The facts of the image of a manifest.

        Raises:
            PlimsollError: it is not there, or is damaged.

        """
        with archive.refusing_no_image(self.where):
            numbers = {each.digest: each.number for each in _manifests(self._path)}
            number = numbers[digest]
        return read(self._path, number)


def parts(path: Path) -> Iterator[Part]:
    """The files of an archive or folder, each to be read before the next is asked for.

    Raises:
        PlimsollError: it is empty, or unpacks to more than it may.
        tarfile.TarError: it is damaged; so do the other errors of `tar.DAMAGED`.

    """
    size = _size(path)
    if not size:
        raise PlimsollError(f"{path} is empty", archive.MAKE)
    bound = tar.Bound(str(path), size)
    found = _of_folder(path) if path.is_dir() else archive.parts(bound.keep(tar.unpacked(_chunks(path))))
    return (replace(part, digest=manifests.promised(part.path), bound=bound) for part in found)


def _files(folder: Path) -> list[Path]:
    # What `docker save` wrote beside the layout tells names, also where somebody has unpacked it.
    saved = [each for each in [folder / manifests.DOCKER] if each.is_file()]
    return [*saved, folder / manifests.INDEX, *sorted(folder.glob("blobs/*/*"))]


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in _files(path)) if path.is_dir() else path.stat().st_size


def _of_folder(folder: Path) -> Iterator[Part]:
    """The files of a folder of OCI's layout."""
    root = folder.resolve()
    for file in _files(folder):
        name = str(file.relative_to(folder))
        real = file.resolve()
        if not real.is_relative_to(root):
            raise tarfile.ReadError(f"it holds {name}, which leads out of it")
        # What is neither may be waited for without end, such as a pipe.
        if real.is_file():
            chunks = _chunks(real)
            yield Part(name, real.stat().st_size, "", next(chunks, b""), chunks)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while chunk := content.read(tar.CHUNK):
            yield chunk
