"""An image's archive, read in one pass while it comes: nothing of it is kept on disk, nothing beside it is read."""

from __future__ import annotations

import hashlib
import json
import posixpath
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar, cast

from plimsoll.errors import PlimsollError
from plimsoll.facts.image import manifests, tar
from plimsoll.facts.image.manifests import Listing, Manifest
from plimsoll.paths import clean, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plimsoll.facts.image.tar import Bound, Forward

Facts = TypeVar("Facts")

LARGEST_DOCUMENT = 1 << 25
"""Bytes above which what is no layer is no document either, and above which all documents together are none."""

MAKE = "make it with `docker save`, or `docker build --output=type=oci,dest=FILE`"

AGAIN = "build, pull or save the image again"


@dataclass(frozen=True)
class Part:
    """One file of the archive; its content can be read before the next is asked for.

    Attributes:
        path: its name.
        size: bytes.
        link: the name that it stands for, as older engines write a layer that two images share.
        begin: its first bytes.
        rest: what follows them.
        digest: that its content must have; empty where it is taken as it is.
        bound: of what it may unpack to, None where the engine has unpacked it already.
        held: whether who gives it holds it to its digest, so that nobody else need.

    """

    path: str
    size: int
    link: str
    begin: bytes
    rest: Iterator[bytes]
    digest: str = ""
    bound: Bound | None = None
    held: bool = False

    @property
    def is_layer(self) -> bool:
        """Whether it is an archive itself: what follows from its first bytes, since its name tells nothing."""
        header = self.begin[:512]
        empty = len(header) == 512 and not any(header)
        return self.begin.startswith((tar.GZIP, tar.ZSTD)) or header[257:262] == b"ustar" or empty

    def chunks(self) -> Iterator[bytes]:
        """All of its content.

        Raises:
            tarfile.TarError: it is not what its digest says, which shows at its end.

        """
        # Where nothing has been read yet, it does not begin with nothing.
        content = chain([self.begin] if self.begin else [], self.rest)
        if not self.digest or self.held:
            yield from content
            return
        algorithm, _, wanted = self.digest.partition(":")
        found = hashlib.new(algorithm)
        for chunk in content:
            found.update(chunk)
            yield chunk
        if found.hexdigest() != wanted:
            raise tarfile.ReadError(f"the content of {self.path} is not that of its digest")

    def check(self) -> None:
        """See whether its content is that of its digest, if it is to have one.

        Raises:
            tarfile.TarError: it is not.

        """
        if self.digest and not self.held:
            for _ in self.chunks():
                pass

    @property
    def known_as(self) -> str:
        """The name under which its facts can be kept, empty where what it is called says nothing of its content."""
        if self.bound is None:
            return self.path
        return manifests.blob(self.digest) if self.digest else ""

    def document(self) -> object:
        """Its content as JSON, None where it is none."""
        if self.size > LARGEST_DOCUMENT:
            return None
        content = b"".join(self.chunks())
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            return None


def parts(chunks: Iterator[bytes]) -> Iterator[Part]:
    """The files of an archive.

    Raises:
        tarfile.TarError: the archive is damaged; so do the other errors of `tar.DAMAGED`.

    """
    for member, source in tar.members(chunks):
        path = _inside(member.name)
        if member.issym():
            yield Part(path, 0, _inside(posixpath.join(posixpath.dirname(path), member.linkname)), b"", iter(()))
        elif member.islnk():
            yield Part(path, 0, _inside(member.linkname), b"", iter(()))
        elif member.isreg():
            content = _content(source, member.size)
            yield Part(path, member.size, "", next(content, b""), content)


def _inside(name: str) -> str:
    """A name in an archive that leads to a place in it."""
    path = posixpath.normpath(name)
    if path.startswith(("/", "../")) or path == "..":
        raise tarfile.ReadError(f"it holds {show(name)[1:]}, which leads out of it")
    return clean(path)


def _content(source: Forward, size: int) -> Iterator[bytes]:
    while size:
        chunk = source.read(min(tar.CHUNK, size))
        if not chunk:
            raise EOFError("it ends early")
        size -= len(chunk)
        yield chunk


def listing(parts: Iterable[Part]) -> Listing:
    """What an archive holds, its layers unread.

    Raises:
        tarfile.TarError: the archive is damaged; so do the other errors of `tar.DAMAGED`.

    """
    found = Listing()
    left = LARGEST_DOCUMENT
    for part in parts:
        if part.link:
            found.links[part.path] = part.link
            continue
        found.paths.add(part.path)
        if part.is_layer:
            found.packed |= {part.path} if tar.is_packed(part.begin) else set()
        elif part.size <= left:
            left -= part.size
            found.documents[part.path] = part.document()
    return found


def read(
    parts: Iterable[Part], where: str, layer: Callable[[Part], Facts], wanted: Manifest | None = None
) -> tuple[dict[str, Any], list[tuple[str, Facts]]]:
    """An image's configuration, and what is made of its layers, lowest first, each with its name.

    Args:
        parts: the files of its archive.
        where: the archive, for messages.
        layer: makes it of one.
        wanted: which image of the archive; None for the first that `docker save` names there.

    Raises:
        PlimsollError: the archive holds no image, or is damaged.

    """
    documents: dict[str, Any] = {}
    layers: dict[str, Facts] = {}
    links: dict[str, str] = {}
    needed = set(wanted.layers) if wanted else set()
    with refusing_damage(where):
        for part in parts:
            if part.link:
                links[part.path] = part.link
            elif part.path in needed if wanted else part.is_layer:
                layers[part.path] = layer(part)
            elif not wanted or part.path == wanted.config:
                documents[part.path] = part.document()
    with refusing_no_image(where):
        saved = documents[manifests.DOCKER][0] if wanted is None else {}
        config = wanted.config if wanted else saved["Config"]
        paths = wanted.layers if wanted else saved.get("Layers") or []
        document = cast("dict[str, Any]", dict(documents[config]))
        return document, [(path, layers[links.get(path, path)]) for path in paths]


@contextmanager
def refusing_damage(where: str) -> Iterator[None]:
    """Tell in one line what is wrong with an archive that is read in the block.

    Raises:
        PlimsollError: it is damaged.

    """
    try:
        yield
    except OSError as error:
        raise PlimsollError(
            f"{where} can't be read, {error.strerror or error}", "see that it is yours to read"
        ) from error
    except tar.DAMAGED as error:
        raise PlimsollError(f"{where} is damaged, {error}", AGAIN) from error


@contextmanager
def refusing_no_image(where: str) -> Iterator[None]:
    """Tell in one line what is wrong with documents that are asked for an image in the block.

    Raises:
        PlimsollError: they tell of none.

    """
    try:
        yield
    except KeyError as error:
        raise PlimsollError(f"{where} holds no image, {error.args[0]} is missing", MAKE) from error
    except (IndexError, TypeError, AttributeError, ValueError) as error:
        raise PlimsollError(f"{where} holds no image, {error}", MAKE) from error
