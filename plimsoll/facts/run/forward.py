"""A port of this machine's loopback that leads into a container, for whoever wants an address: as port-forwarding."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from plimsoll.listening import Listener

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 1 << 16


class Forward:
    """A listening port, each of whose connections is led on.

    Args:
        dial: opens the connection that one is led on to.

    Attributes:
        port: its number.

    """

    def __init__(self, dial: Callable[[], socket.socket]) -> None:
        self._dial = dial
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(listening.getsockname()[1])
        self._listener = Listener(listening, self._lead)

    def close(self) -> None:
        """Accept no more connections."""
        self._listener.close()

    def _lead(self, near: socket.socket) -> None:
        with near:
            try:
                far = self._dial()
            except Exception:  # noqa: BLE001 - whoever asked is told as any network would: the connection ends
                return
            with far:
                back = threading.Thread(target=_copy, args=(far, near), daemon=True)
                back.start()
                _copy(near, far)
                back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
