"""Requests that are under way when a server is told to stop: half of one is sent, or a whole one takes its time."""

from __future__ import annotations

import http.client
import re
import socket
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll.errors import LeftOutError, PlimsollError
from plimsoll.expectations import Endpoint
from plimsoll.facts.run import container
from plimsoll.facts.run.answer import Connection, NoAnswerError
from plimsoll.facts.run.told import full_name
from plimsoll.facts.run.trial import ANYTHING, SOON, trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plimsoll.facts.run.container import Container
    from plimsoll.facts.run.outside import Outside
    from plimsoll.subject import Variant

TAKEN_UP = 0.3
"""Seconds after which a server has read what it was sent, or acted on a signal."""

TAKES_TIME = 0.12
"""Seconds from which an answer takes so long that a signal can come in between."""

PATH = re.compile(r"https?://[^\s\"'`;|&<>)]*?(?::\d+)?(/[^\s\"'`;|&<>)$]*)")
"""What follows the port of an address, as a health check asks for it."""


@dataclass(frozen=True)
class Slow:
    """A request of which the answer takes its time, and comes to an end.

    Attributes:
        endpoint: what is asked, with the status that comes.
        seconds: that the answer takes.

    """

    endpoint: Endpoint
    seconds: float


def slow(running: Container) -> list[Slow]:
    """What takes its time of that for which the image itself says that it can be asked, the quickest first."""
    found = []
    for endpoint in named(running):
        connection = Connection(running.connect)
        with suppress(NoAnswerError, PlimsollError, OSError):
            connection.connect()
            begun = time.monotonic()
            answer = running.request(endpoint, SOON, over=connection)
            seconds = time.monotonic() - begun
            # A stream has no end that could be waited for.
            if answer.whole and seconds >= TAKES_TIME and answer.status < http.client.INTERNAL_SERVER_ERROR:
                found.append(Slow(endpoint.model_copy(update={"status": answer.status}), seconds))
        connection.close()
    return sorted(found, key=lambda each: each.seconds)


def named(running: Container) -> list[Endpoint]:
    """What is asked of a server of which nothing is known: its root, and what its own health check asks for."""
    check = " ".join((running.container.attrs["Config"].get("Healthcheck") or {}).get("Test") or [])
    paths = dict.fromkeys([ANYTHING.path, *PATH.findall(check)])
    return [Endpoint(path=path) for path in paths]


@dataclass(frozen=True)
class GracefulShutdown:
    """What became of a request that was under way when the signal to stop came.

    Attributes:
        signal: the signal.
        how: how far the request was.
        problem: what is wrong with the answer, empty where it came whole.

    """

    signal: str
    how: str
    problem: str = ""


def graceful_shutdown(
    variant: Variant, promised: Sequence[Endpoint], takes_time: Sequence[Slow], outside: Outside
) -> GracefulShutdown:
    """Tell a server to stop while it waits for the second half of a request, or while it works at a whole one.

    Args:
        variant: what it is a server of.
        promised: the endpoints that it is known to answer as promised.
        takes_time: those of which the answer takes time.
        outside: from where it is seen whether it has read what it was sent.

    Raises:
        LeftOutError: nothing that is known to ask can be under way at the signal.

    """
    if promised or takes_time:
        with trial(variant) as tried, ExitStack() as open_until_the_end:
            running = tried.container
            for endpoint, first, second in _halves(promised):
                connection = open_until_the_end.enter_context(running.connect())
                if _is_held_up(running, connection, first, outside):
                    signal = _tell(running)
                    time.sleep(TAKEN_UP)
                    return GracefulShutdown(signal, "half sent", _second_half(connection, second, endpoint))
            # A half that is only a head says little of a server that nobody here knows; a whole request does.
            for each in takes_time[:1]:
                connection = open_until_the_end.enter_context(running.connect())
                connection.sendall(_whole(each.endpoint))
                outside.has_read(running, container.REQUEST_TIMEOUT)
                time.sleep(min(TAKEN_UP, each.seconds / 4))
                signal = _tell(running)
                how = f"under way (GET {each.endpoint.path}, which takes {each.seconds:.1f} s)"
                return GracefulShutdown(signal, how, _second_half(connection, b"", each.endpoint))
    raise LeftOutError("it answers at once all that is known of it: give plimsoll.toml an [[endpoint]] that takes time")


def _tell(running: Container) -> str:
    signal = running.stop_signal
    running.container.kill(signal=signal)
    return full_name(signal)


def _is_held_up(running: Container, connection: socket.socket, first: bytes, outside: Outside) -> bool:
    """Whether a server waits for more, and neither answers nor refuses what it has."""
    connection.settimeout(TAKEN_UP)
    connection.sendall(first)
    outside.has_read(running, container.REQUEST_TIMEOUT)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return True
    return False


def _whole(endpoint: Endpoint) -> bytes:
    fields = {"Host": "localhost", **endpoint.headers, "Connection": "close"}
    lines = [f"GET {endpoint.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _halves(endpoints: Sequence[Endpoint]) -> Iterator[tuple[Endpoint, bytes, bytes]]:
    """Requests in halves, those first whose first half surely makes a server begin.

    Where a server answers without waiting for the body, the head is halved: it must have begun with that, except
    for servers such as Go's, which counts a connection only once the head is there, and which waits for bodies.
    """
    for each in sorted(endpoints, key=lambda each: each.body is None):
        body = (each.body or "{}").encode()
        fields = {"Host": "localhost", **each.headers, "Content-Length": str(len(body))}
        lines = [f"{each.method} {each.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        yield each, "\r\n".join([*lines, "", ""]).encode() + body[:1], body[1:]
    for each in endpoints:
        if each.method == "GET":
            yield each, f"GET {each.path} HTTP/1.1\r\nHost: local".encode(), b"host\r\n\r\n"


def _second_half(connection: socket.socket, second: bytes, endpoint: Endpoint) -> str:
    """Send it, if there is one; what is wrong with the answer."""
    connection.settimeout(container.REQUEST_TIMEOUT)
    try:
        if second:
            connection.sendall(second)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        answer.read()
    except http.client.HTTPException as error:
        return f"its answer broke off, {error!r}"
    except OSError as error:
        return f"its connection broke off, {error.strerror or error}"
    return "" if answer.status == endpoint.status else f"its answer was {answer.status}"
