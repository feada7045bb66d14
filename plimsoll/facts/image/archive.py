"""An image's archive as `docker save` writes it, read in one pass while it comes: nothing of it is kept on disk."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from plimsoll.errors import PlimsollError
from plimsoll.facts.image import tar
from plimsoll.paths import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plimsoll.facts.image.tar import Forward

Facts = TypeVar("Facts")

LARGEST_DOCUMENT = 1 << 25
"""Bytes above which what is no layer is no document either."""


@dataclass(frozen=True)
class Part:
    """One file of the archive; its content can be read before the next is asked for.

    Attributes:
        path: its name.
        size: bytes.
        link: the name that it stands for, as older engines write a layer that two images share.
        begin: its first bytes.
        rest: what follows them.

    """

    path: str
    size: int
    link: str
    begin: bytes
    rest: Iterator[bytes]

    @property
    def is_layer(self) -> bool:
        """Whether it is an archive itself: what follows from its first bytes, since its name tells nothing."""
        header = self.begin[:512]
        empty = len(header) == 512 and not any(header)
        return self.begin.startswith((tar.GZIP, tar.ZSTD)) or header[257:262] == b"ustar" or empty

    def chunks(self) -> Iterator[bytes]:
        """All of its content."""
        yield self.begin
        yield from self.rest

    def document(self) -> object:
        """Its content as JSON, None where it is none."""
        try:
            return json.loads(b"".join(self.chunks())) if self.size <= LARGEST_DOCUMENT else None
        except ValueError:
            return None


def parts(chunks: Iterator[bytes]) -> Iterator[Part]:
    """The files of an archive.

    Raises:
        tarfile.TarError: the archive is damaged; so do the other errors of `tar.DAMAGED`.

    """
    for member, source in tar.members(chunks):
        path = clean(member.name)
        if member.issym():
            yield Part(path, 0, clean(posixpath.join(posixpath.dirname(path), member.linkname)), b"", iter(()))
        elif member.isreg():
            content = _content(source, member.size)
            yield Part(path, member.size, "", next(content, b""), content)


def _content(source: Forward, size: int) -> Iterator[bytes]:
    while size:
        chunk = source.read(min(tar.CHUNK, size))
        if not chunk:
            raise EOFError("it ends early")
        size -= len(chunk)
        yield chunk


def read(
    parts: Iterable[Part], name: str, layer: Callable[[Part], Facts]
) -> tuple[dict[str, Any], list[tuple[str, Facts]]]:
    """An image's configuration, and what is made of its layers, lowest first, each with its name.

    Args:
        parts: the files of its archive.
        name: the image's, for messages.
        layer: makes it of one.

    Raises:
        PlimsollError: the archive holds no image, or is damaged.

    """
    documents: dict[str, Any] = {}
    layers: dict[str, Facts] = {}
    links: dict[str, str] = {}
    try:
        for part in parts:
            if part.link:
                links[part.path] = part.link
            elif part.is_layer:
                layers[part.path] = layer(part)
            else:
                documents[part.path] = part.document()
        manifest = documents["manifest.json"][0]
        document = cast("dict[str, Any]", dict(documents[manifest["Config"]]))
        found = [(path, layers[links.get(path, path)]) for path in manifest.get("Layers") or []]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise PlimsollError(f"the archive of {name} holds no image, {error}", "make it with `docker save`") from error
    except tar.DAMAGED as error:
        raise PlimsollError(f"the archive of {name} is damaged, {error}", "make it again with `docker save`") from error
    return document, found
