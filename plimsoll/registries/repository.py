"""Images of one name in a registry: what their manifests say, and the blobs that these name, each held to its digest.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from docker import auth

from plimsoll import references
from plimsoll.errors import PlimsollError, UnreadableError
from plimsoll.refusals import LATER, Kind, Refusal
from plimsoll.registries import refused
from plimsoll.registries.connection import FAILURES, PAUSES, Connection
from plimsoll.registries.refused import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import requests

Read = TypeVar("Read")

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
IMAGES = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
"""The media types of what names several images, and of what is one; OCI's first."""

LARGEST_MANIFEST = 1 << 22
"""Bytes that registries take of one."""

LONGEST = 900.0
"""Seconds that one blob may take, however it trickles."""

CHUNK = 1 << 18

ACCEPTED = ", ".join([*INDEXES, *IMAGES])

DIGEST = "Docker-Content-Digest"
"""The header in which registries tell it; they need not."""

USUAL = auth.INDEX_NAME
ALSO = (USUAL, f"index.{USUAL}")
"""The names of the registry that is meant where none is named: it answers at another, official images in a folder."""

PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*")
TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)


@dataclass(frozen=True)
class Document:
    """A manifest, or an index of such.

    Attributes:
        digest: of its bytes.
        media_type: as the registry calls it.
        content: its bytes, of which that is the digest.

    """

    digest: str
    media_type: str
    content: bytes

    @property
    def is_index(self) -> bool:
        """Whether it names images and is none itself."""
        return "manifests" in self.value

    @functools.cached_property
    def value(self) -> dict[str, Any]:
        """What it says.

        Raises:
            UnreadableError: it says nothing that can be understood.

        """
        try:
            value = json.loads(self.content)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise UnreadableError(f"the manifest {self.digest} is damaged, it is no object of JSON", "push it again")
        return value


class Repository:
    """Where a registry keeps the images of one name.

    Args:
        name: the registry's host and the path there, such as `registry.example:5000/team/app`.

    Raises:
        PlimsollError: it names no registry, or is no name.

    """

    def __init__(self, name: str) -> None:
        host, self.path = references.split(name)
        self.name = name
        if not (host and PATH.fullmatch(self.path)):
            raise PlimsollError(f"{name} names no image of a registry", "name it as HOST/PATH, in small letters")
        if host in ALSO and "/" not in self.path:
            self.path = f"library/{self.path}"
        self.connection = _connection(host)

    @property
    def scope(self) -> str:
        """Of a token that reads it."""
        return f"repository:{self.path}:pull"

    def manifest(self, reference: str) -> Document:
        """What is there under a tag or a digest.

        Raises:
            MissingError: nothing is.
            RefusedError: the registry does not give it.
            UnreadableError: it is other than its digest says.

        """
        what = self._named(reference)

        def read(response: requests.Response) -> Document:
            with response:
                content = _whole(response, what)
            return _document(reference, response.headers, content, what)

        return self._asked(what, reference, read)

    def digest(self, tag: str) -> str:
        """The digest that a tag stands for now.

        Raises:
            MissingError: there is no such tag.
            RefusedError: the registry does not tell it.

        """
        with self._asked(self._named(tag), tag, _unread, method="HEAD") as response:
            said = response.headers.get(DIGEST, "")
        # Registries need not tell it in a header.
        return said if references.DIGEST.fullmatch(said) else self.manifest(tag).digest

    def blob(self, digest: str, size: int | None = None) -> Iterator[bytes]:
        """The content of a blob, as it comes; what breaks off is taken up again where it did.

        Args:
            digest: of its content.
            size: its bytes, beyond which nothing is read; None where nobody has said it.

        Raises:
            MissingError: it is not there.
            RefusedError: the registry does not give it, or not whole.
            UnreadableError: its content is other than its digest says, or longer, which shows at its end.

        """
        what = f"{self.name}@{digest}"
        if not references.DIGEST.fullmatch(digest):
            raise UnreadableError(f"{what} can't be read, that is no digest", "push the image again")
        algorithm, _, wanted = digest.partition(":")
        found = hashlib.new(algorithm)
        read = 0
        for chunk in self._chunks(what, digest):
            read += len(chunk)
            if size is not None and read > size:
                raise UnreadableError(f"{what} is longer than its manifest says, {size} bytes", refused.BELIEVE)
            found.update(chunk)
            yield chunk
        if found.hexdigest() != wanted:
            raise _other(what)

    def document(self, digest: str, most: int) -> bytes:
        """The content of a blob that is no longer than so many bytes.

        Raises:
            PlimsollError: as `blob`, also where it is longer.

        """
        return b"".join(self.blob(digest, most))

    def _chunks(self, what: str, digest: str) -> Iterator[bytes]:
        """A blob's bytes, whatever they are."""
        read, ends = 0, time.monotonic() + LONGEST
        for again in (*(True for _ in PAUSES), False):
            headers = {"Range": f"bytes={read}-"} if read else {}
            path = f"/v2/{self.path}/blobs/{digest}"
            response = self.connection.asked(what, path, _unread, scope=self.scope, headers=headers)
            try:
                with response:
                    skip = 0 if response.status_code == HTTPStatus.PARTIAL_CONTENT else read
                    while chunk := response.raw.read1(CHUNK):
                        if time.monotonic() > ends:
                            told = f"{self.connection.host} does not give it within {LONGEST:.0f} s"
                            raise RefusedError(what, Refusal(Kind.PASSING, told, LATER))
                        part = chunk[skip:]
                        skip -= len(chunk) - len(part)
                        read += len(part)
                        if part:
                            yield part
                    return
            except FAILURES as error:
                if not again:
                    raise RefusedError(what, refused.failure(self.connection.host, error)) from error

    def _asked(self, what: str, reference: str, read: Callable[[requests.Response], Read], method: str = "GET") -> Read:
        if not (references.DIGEST.fullmatch(reference) or TAG.fullmatch(reference)):
            raise PlimsollError(f"{what} is no image's name", "name it as HOST/PATH:TAG or HOST/PATH@sha256:DIGEST")
        path = f"/v2/{self.path}/manifests/{reference}"
        return self.connection.asked(what, path, read, scope=self.scope, method=method, headers={"Accept": ACCEPTED})

    def _named(self, reference: str) -> str:
        return f"{self.name}{'@' if ':' in reference else ':'}{reference}"


def _unread(response: requests.Response) -> requests.Response:
    return response


def _whole(response: requests.Response, what: str) -> bytes:
    content = b""
    while chunk := response.raw.read1(CHUNK):
        content += chunk
        if len(content) > LARGEST_MANIFEST:
            raise UnreadableError(f"{what} is longer than any manifest, {LARGEST_MANIFEST} bytes", refused.BELIEVE)
    return content


def _document(reference: str, headers: Mapping[str, str], content: bytes, what: str) -> Document:
    """A manifest, held to the digest by which it was asked for, else to that which the registry tells of it."""
    said = next(filter(references.DIGEST.fullmatch, (reference, headers.get(DIGEST, ""))), "")
    algorithm, _, wanted = said.partition(":")
    found = hashlib.new(algorithm or "sha256", content).hexdigest()
    if found != (wanted or found):
        raise _other(what)
    media_type = headers.get("Content-Type", "").partition(";")[0].strip()
    return Document(f"{algorithm or 'sha256'}:{found}", media_type, content)


@functools.cache
def _connection(host: str) -> Connection:
    """The connection to a registry, one a process: a token serves for all that is asked."""
    return Connection(host, f"registry-1.{USUAL}" if host in ALSO else "")


def _other(what: str) -> UnreadableError:
    return UnreadableError(f"the content of {what} is not that of its digest", refused.BELIEVE)
