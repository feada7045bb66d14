"""Writing to a registry: what is not there yet of an image, under its digest; then, once it may be found, its tags."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from plimsoll.errors import PlimsollError
from plimsoll.refusals import Kind, Refusal
from plimsoll.registries import refused
from plimsoll.registries.connection import FAILURES, PAUSES, NotGivenError
from plimsoll.registries.repository import Repository
from plimsoll.say import say
from workshop.publishing import contents

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from plimsoll.facts.build import oci

Answer = TypeVar("Answer")

NO_ROOM = re.compile(rb'no space left|disk quota|quota exceeded|"Err":\s*28\b', re.IGNORECASE)
"""What registries say whose disk is full; 28 is how the system calls that."""

MOST_SAID = 1 << 16
"""Bytes that are read of what comes with an error."""

CONTINUE = "run this again: what has arrived stays there"


class NotPushedError(PlimsollError):
    """A registry does not take something."""


class Target(Repository):
    """Where a registry takes the images of one name.

    Args:
        name: the registry's host and the path there.

    Raises:
        PlimsollError: it names no registry, or is no name.

    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._writes = f"repository:{self.path}:pull,push"
        self._uploads = f"/v2/{self.path}/blobs/uploads/"

    def require_writable(self) -> None:
        """See that something may be pushed there: an upload is begun, and given up.

        Raises:
            NotPushedError: it may not.

        """
        place = self._tried(self.name, lambda: self._ask("POST", self._uploads).headers.get("Location", ""))
        try:
            self.connection.answered(place, scope=self._writes, method="DELETE")[0].close()
        except NotGivenError:
            # The registry gives it up by itself in a while.
            return

    def push(self, made: oci.Archive) -> int:
        """Push an image by its digest, under no tag, and see that the registry gives back the same bytes.

        Args:
            made: the archive with it.

        Returns:
            how many blobs were not there before.

        Raises:
            NotPushedError: the registry does not take something of it; RefusedError, UnreadableError: or gives back no
                or other bytes.

        """
        manifests = contents.documents(made)
        blobs = dict.fromkeys(blob.digest for blob in made.blobs() if blob.digest not in manifests)
        sent = [digest for digest in blobs if self._send(digest, made.content(digest))]
        # What names others comes after them: a registry takes nothing that it can't resolve.
        for digest in reversed(manifests):
            content = made.content(digest)
            self.put(digest, content, manifests[digest]["mediaType"])
            if self.manifest(digest).content != content:
                raise NotPushedError(f"{self.name}@{digest} comes back with other bytes", refused.BELIEVE)
        return len(sent)

    def put(self, reference: str, content: bytes, media_type: str) -> None:
        """Put a manifest under a digest or a tag.

        Raises:
            NotPushedError: the registry does not take it.

        """
        path, headers = f"/v2/{self.path}/manifests/{reference}", {"Content-Type": media_type}
        self._tried(f"{self.name}:{reference}", lambda: self._ask("PUT", path, content, headers).close())

    def _send(self, digest: str, content: bytes) -> bool:
        """Send a blob, where it is not there; whether it was sent."""
        what = f"{self.name}@{digest}"
        if self._tried(what, lambda: self._has(digest, len(content))):
            return False
        # From its beginning each time: how much of it has arrived nobody can tell who was cut off.
        self._tried(what, lambda: self._upload(digest, content))
        return True

    def _has(self, digest: str, size: int) -> bool:
        response = self._ask("HEAD", f"/v2/{self.path}/blobs/{digest}", missing=True)
        with response:
            return response.ok and response.headers.get("Content-Length") == str(size)

    def _upload(self, digest: str, content: bytes) -> None:
        with self._ask("POST", self._uploads) as begun:
            place = begun.headers.get("Location", "")
        joint = "&" if "?" in place else "?"
        headers = {"Content-Type": "application/octet-stream"}
        self._ask("PUT", f"{place}{joint}digest={digest}", content, headers).close()

    def _ask(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        headers: dict[str, str] | None = None,
        *,
        missing: bool = False,
    ) -> requests.Response:
        """Ask once; that it is not there may be an answer."""
        response, known = self.connection.answered(
            path, scope=self._writes, method=method, headers=headers, data=content
        )
        if response.ok or (missing and response.status_code == HTTPStatus.NOT_FOUND):
            return response
        with response:
            raise NotGivenError(_meaning(self.connection.host, response, known=known))

    def _tried(self, what: str, once: Callable[[], Answer]) -> Answer:
        """Do something, a few times where that may help."""
        for pause in PAUSES:
            try:
                return once()
            except NotGivenError as error:
                if error.refusal.kind is not Kind.PASSING:
                    raise _not_pushed(what, error.refusal) from error
                say(f"{what}: {error.refusal.cause}; sent again in {pause:.0f} s")
            time.sleep(pause)
        try:
            return once()
        except NotGivenError as error:
            raise _not_pushed(what, error.refusal) from error


def _not_pushed(what: str, refusal: Refusal) -> NotPushedError:
    return NotPushedError(f"{what} is not pushed, {refusal.cause}", f"{refusal.remedy}; then {CONTINUE}")


def _meaning(host: str, response: requests.Response, *, known: bool) -> Refusal:
    """What it means that a registry does not take something."""
    try:
        said = bytes(response.raw.read(MOST_SAID))
    except FAILURES:
        said = b""
    status = response.status_code
    if status in {HTTPStatus.INSUFFICIENT_STORAGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE} or NO_ROOM.search(said):
        return Refusal(Kind.FINAL, f"{host} has no room for it", "have its owner make some")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        if known:
            remedy = f"log in as somebody who may (`docker login {host}`)"
            return Refusal(Kind.FINAL, f"the login that is kept for {host} may not push there", remedy)
        return Refusal(Kind.FINAL, f"{host} wants a login for that", f"log in to it (`docker login {host}`)")
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        return Refusal(Kind.FINAL, f"{host} takes no images there", "see that it is a registry, and that path is there")
    return refused.answer(host, status, said, known=known)
