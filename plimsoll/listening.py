"""A socket of this machine that leads each of its connections on, until it is closed."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Listener:
    """A listening socket, each of whose connections is led on in a thread of its own.

    Args:
        listening: the socket.
        lead: leads a connection on, and closes it at its end.

    """

    def __init__(self, listening: socket.socket, lead: Callable[[socket.socket], None]) -> None:
        self._listening = listening
        self._lead = lead
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Accept no more connections."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                threading.Thread(target=self._lead, args=(near,), daemon=True).start()
