"""What a server answers, read within bounds of time and size: an answer need not have an end."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from plimsoll.expectations import Endpoint

MAX_BODY = 16 * 10**6
"""Bytes of an answer that are read."""

CHUNK = 1 << 16


class NoAnswerError(Exception):
    """No answer came, or none that is HTTP; the message says what came instead."""


@dataclass(frozen=True)
class Answer:
    """A server's answer.

    Attributes:
        status: its number.
        headers: its fields; names in any case.
        body: what came of it within the bounds.
        whole: whether all of it came.

    """

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    whole: bool

    @property
    def text(self) -> str:
        """Its body as text; what is no UTF-8 is replaced."""
        return self.body.decode(errors="replace")

    def json(self) -> object:
        """Its body as JSON.

        Raises:
            ValueError: it is none.

        """
        return json.loads(self.body)


class Connection(http.client.HTTPConnection):
    """A connection over a socket that somebody else opens; it is opened again after the server has closed it.

    Args:
        dial: opens it.

    """

    def __init__(self, dial: Callable[[], socket.socket]) -> None:
        super().__init__("localhost")
        self._dial = dial

    def connect(self) -> None:
        """Open it."""
        self.sock = self._dial()


def ask(connection: http.client.HTTPConnection, endpoint: Endpoint, timeout: float) -> Answer:
    """The answer to one endpoint; redirects are not followed.

    Args:
        connection: with the server.
        endpoint: what is asked.
        timeout: seconds after which what has come of the answer is the answer.

    Raises:
        NoAnswerError: not even its head came.

    """
    deadline = time.monotonic() + timeout
    late = threading.Event()
    timer = None
    try:
        if connection.sock is None:
            connection.connect()
        timer = _timer(timeout, connection.sock, late)
        body = None if endpoint.body is None else endpoint.body.encode()
        connection.request(endpoint.method, endpoint.path, body, endpoint.headers)
        response = connection.getresponse()
        if late.is_set():
            # A head that is cut off counts as one that ends there.
            raise TimeoutError
        content, whole = _body(response, deadline)
        return Answer(response.status, response.headers, content, whole and not late.is_set())
    except (http.client.HTTPException, OSError) as error:
        connection.close()
        raise NoAnswerError(f"nothing came within {timeout:g} s" if late.is_set() else _words(error)) from error
    finally:
        if timer:
            timer.cancel()


def _timer(seconds: float, used: socket.socket, late: threading.Event) -> threading.Timer:
    """What ends a connection after its time; the connection itself forgets its socket once it has the head."""

    def end() -> None:
        late.set()
        with suppress(OSError):
            used.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    return timer


def _body(response: http.client.HTTPResponse, deadline: float) -> tuple[bytes, bool]:
    """What comes of a body in time, and whether that is all of it."""
    body = bytearray()
    try:
        while piece := response.read1(CHUNK):
            body += piece
            if len(body) > MAX_BODY or time.monotonic() > deadline:
                return bytes(body), False
    except (http.client.HTTPException, OSError):
        return bytes(body), False
    # Where its length was told, the rest did not come; where not, it ends with the connection.
    return bytes(body), not response.length


def _words(error: Exception) -> str:
    if isinstance(error, http.client.BadStatusLine) and not isinstance(error, http.client.RemoteDisconnected):
        return f"what came is not HTTP, {str(error)[:80]}"
    return str(error) or type(error).__name__
