"""An image that the engine has: from its own content store where this process may read it, else by `docker save`.

`docker save` copies every byte thrice. The store's layout is containerd's: a blob is a file that is named by its digest
(https://github.com/containerd/containerd/blob/main/docs/content-flow.md).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plimsoll import engine, sdk
from plimsoll.errors import PlimsollError
from plimsoll.facts.image import tar
from plimsoll.facts.image.archive import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker.models.images import Image as DockerImage

CONTENT = "io.containerd.content.v1.content/blobs"
ALGORITHM = "sha256"


def found(name: str) -> DockerImage:
    """An image as the engine knows it.

    Raises:
        PlimsollError: it knows none of that name.

    """
    try:
        return engine.client().images.get(name)
    except sdk.ImageNotFound as error:
        raise PlimsollError(f"there is no image {name} here", "build or pull it") from error
    except sdk.APIError as error:
        raise PlimsollError(
            f"the engine knows no image {name!r}, {error.explanation}", "see `docker images`"
        ) from error


def saved(image: DockerImage) -> Iterator[bytes]:
    """The archive of an image as `docker save` writes it.

    Raises:
        PlimsollError: the engine can't give it.

    """
    try:
        yield from image.save(chunk_size=1 << 20)
    except sdk.APIError as error:
        raise PlimsollError(
            f"the engine can't give {image.id}, {error.explanation}", "pull or build the image again"
        ) from error


def parts(identity: str) -> list[Part] | None:
    """The files that the archive of an image would hold, its layers unread; None where `docker save` has to be asked.

    Args:
        identity: the engine's identity of the image, which is the digest of its manifest where containerd stores it.

    """
    return next((found for folder in _folders() if (found := _parts(folder, identity))), None)


def _folders() -> list[Path]:
    """Where the engine's own containerd keeps blobs, and where one that others use too does."""
    root = Path(str(engine.info().get("DockerRootDir") or "/var/lib/docker"))
    return [root / "containerd/daemon" / CONTENT, Path("/var/lib/containerd") / CONTENT]


def _parts(folder: Path, identity: str) -> list[Part] | None:
    try:
        manifest = _manifest(folder, identity)
        config, layers = manifest["config"]["digest"], [layer["digest"] for layer in manifest["layers"]]
        blobs = [_part(folder, digest) for digest in dict.fromkeys([config, *layers])]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    index = [{"Config": _name(config), "Layers": [_name(digest) for digest in layers]}]
    return [*blobs, Part("manifest.json", 0, "", json.dumps(index).encode(), iter(()))]


def _manifest(folder: Path, digest: str) -> dict[str, Any]:
    """The manifest of that digest, or the only one in the index of that digest that is of an image and here.

    Raises:
        ValueError: there are more, and the engine knows which it takes.

    """
    document: dict[str, Any] = json.loads(_file(folder, digest).read_bytes())
    if "manifests" not in document:
        return document
    images = [each["digest"] for each in document["manifests"] if each["platform"]["os"] != "unknown"]
    (here,) = (each for each in images if _file(folder, each).exists())
    return _manifest(folder, here)


def _file(folder: Path, digest: str) -> Path:
    algorithm, _, name = digest.partition(":")
    if algorithm != ALGORITHM or not name.isalnum():
        raise ValueError(digest)
    return folder / algorithm / name


def _name(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _part(folder: Path, digest: str) -> Part:
    file = _file(folder, digest)
    chunks = _chunks(file)
    return Part(_name(digest), file.stat().st_size, "", next(chunks, b""), chunks)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while chunk := content.read(tar.CHUNK):
            yield chunk
