"""A command in a running container, and the bytes that are exchanged with it."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from plimsoll import engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker.models.containers import Container as DockerContainer

HEAD = 8
"""Bytes in which the engine says of a piece of output whose it is and how long."""


class Command:
    """A command's standard input and output.

    Read here, not by the Docker SDK: that goes on after its HTTP library's buffer, and so passes over whatever
    output comes together with the engine's own head.

    Args:
        container: in which it runs.
        words: its program and arguments.
        stdin: whether it is given an input.

    """

    def __init__(self, container: DockerContainer, words: list[str], *, stdin: bool = False) -> None:
        api = engine.client().api
        self._id = made = api.exec_create(container.id, words, stdin=stdin, stderr=False)["Id"]
        self._response = api.post(
            f"{api.base_url}/v{api.api_version}/exec/{made}/start",
            json={"Tty": False, "Detach": False},
            headers={"Connection": "Upgrade", "Upgrade": "tcp"},
            stream=True,
            timeout=engine.TIMEOUT,
        )
        self._response.raise_for_status()
        raw: Any = self._response.raw
        self._reader = raw._fp.fp
        self._socket = self._reader.raw._sock
        # Whoever waits for it has bounds of their own.
        self._socket.settimeout(None)

    def output(self) -> Iterator[bytes]:
        """What it prints, as it comes, until it ends."""
        with suppress(OSError, ValueError):
            while len(head := self._reader.read(HEAD)) == HEAD:
                yield self._reader.read(int.from_bytes(head[4:], "big"))

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        code: int | None = engine.client().api.exec_inspect(self._id)["ExitCode"]
        return code

    def send(self, data: bytes) -> None:
        """Give it some input.

        Raises:
            OSError: it has ended.

        """
        self._socket.sendall(data)

    def close(self) -> None:
        """Stop listening to it, also where another thread does just that; it is told by the end of its input."""
        with suppress(OSError):
            self._socket.shutdown(2)
        with suppress(OSError):
            self._response.close()


@contextmanager
def bounded(command: Command, seconds: float) -> Iterator[threading.Event]:
    """Close a command after its time, if the block has not ended before; the event says whether that came to pass."""
    late = threading.Event()

    def give_up() -> None:
        late.set()
        command.close()

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
