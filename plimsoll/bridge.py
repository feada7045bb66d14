"""An engine that only the `docker` command can speak to, over SSH or with its certificates: led to a socket here.

`docker system dial-stdio` connects its input and output with the engine, with all that the command is configured with.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from plimsoll.listening import Listener

COMMAND = ("docker", "system", "dial-stdio")


class Bridge:
    """A socket in a folder that is this user's alone, each of whose connections leads to the engine.

    Attributes:
        address: the socket's.

    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="plimsoll-"))
        self._said = self._folder / "said"
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(self._folder / "engine.sock"))
        listening.listen()
        self.address = f"unix://{listening.getsockname()}"
        self._listener = Listener(listening, self._lead)

    @property
    def last_words(self) -> str:
        """The last line that the `docker` command complained with, empty where it did not."""
        lines = self._said.read_text(errors="replace").strip().splitlines() if self._said.exists() else []
        # Of what SSH said the command tells at the end of a long line.
        return lines[-1].rpartition("stderr=")[2] if lines else ""

    def close(self) -> None:
        """Accept no more connections."""
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _lead(self, near: socket.socket) -> None:
        with near, suppress(OSError), self._said.open("ab") as said:
            # A session of its own: Ctrl-C is for the judge, which still has to clean up by this.
            ends = near.fileno()
            try:
                subprocess.run(COMMAND, stdin=ends, stdout=ends, stderr=said, start_new_session=True, check=False)
            except FileNotFoundError:
                said.write(b"the `docker` command is missing, which speaks to it\n")


@functools.cache
def bridge() -> Bridge:
    """The bridge of this process, which ends with it."""
    made = Bridge()
    atexit.register(made.close)
    return made
