"""The helper: a container from which every other is reached and looked at, wherever the engine is.

A container's own address leads to it only on the engine's own machine, and elsewhere perhaps to somebody else. So
nothing is sent there: the helper enters the container's network, in which that address can be nobody's but its own.
"""

from __future__ import annotations

import atexit
import functools
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from plimsoll import engine, sdk
from plimsoll.errors import NotJudgedError, PlimsollError
from plimsoll.facts.run import command, launch, rights
from plimsoll.facts.run.command import Command
from plimsoll.facts.run.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docker.models.containers import Container as DockerContainer

IMAGE = "debian:trixie-slim"
"""The image whose tools look into images that have none: bash, coreutils, util-linux, find, grep and sed."""


def use(image: str) -> None:
    """Have another image as the helper's, from now on: one with the same tools."""
    global IMAGE  # noqa: PLW0603 - one helper serves a whole process
    IMAGE = image


SCRIPT_TIMEOUT = 30.0
"""Seconds that a script may take which only looks."""

CONNECTION_TIMEOUT = 60.0
"""Seconds that a connection is kept, however much still comes: a stream may have no end."""

CONNECTED_WITHIN = 5.0
"""Seconds in which a server accepts a connection, or refuses it."""

TRIES = 3
"""How often the engine is asked for a command of which it then says nothing, not even that it was killed."""

SPARE = 10.0
"""Seconds in which a command that was killed for its time must have ended."""

END = "-- the end --"
"""What ends all that a script prints, so that an output which was cut off is told from a whole one."""

OPEN = b"open\n"
"""What the relay says first, once the server has accepted the connection."""

CHUNK = 1 << 16

OWN = """grep -sA1 -- "-- $2$" /proc/$1/net/fib_trie | grep -q '/32 host LOCAL' || exit 1\n"""
"""Ends a script unless the address $2 is process $1's own: a number may be another's, once its process has ended."""

RELAY = """
exec nsenter --target $1 --net -- bash -c '
    exec 3<>/dev/tcp/$1/$2 4<&0 || exit 1
    echo open
    cat <&3 &
    cat <&4 >&3 &
    wait -n
    kill $(jobs -p)
' bash $2 $3
"""
"""Connects input and output with port $3 of the address $2 in the network of process $1."""

SEES_ANSWER = """
nsenter --target $1 --net -- timeout -s KILL $5 bash -c '
    # A process that has ended takes its /proc with it, which ends the loop.
    while [ -e /proc/$1/stat ]; do
        for port in $3; do
            (exec 3<>/dev/tcp/$2/$port) 2>/dev/null || continue
            [ -n "$4" ] || { echo answers $port; exit; }
            exec 3<>/dev/tcp/$2/$port
            printf "GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n" "$4" >&3
            read -r -t 5 answer <&3
            case "$answer" in HTTP/*) echo answers $port; exit ;; esac
        done
        sleep 0.05
    done' bash $1 $2 "$3" "$4"
"""
"""Waits $5 seconds until one of the ports $3 of address $2, in the network of process $1, answers a request for the
path $4; where that is empty, until it accepts a connection. Prints which."""


class Helper:
    """The helper's container, and what it does for us."""

    def __init__(self, container: DockerContainer) -> None:
        self._container = container
        self._session: Session | None = None
        self._lock = threading.Lock()

    def _shell(self) -> Session:
        with self._lock:
            if self._session is None or self._session.ended:
                self._session = Session(self._container)
            return self._session

    def run(self, script: str, *arguments: object, timeout: float = SCRIPT_TIMEOUT) -> str:
        """What a script prints, with its arguments as $1, $2, ...

        Raises:
            PlimsollError: it does not end within the timeout (seconds), or its output is cut off.

        """
        for _ in range(TRIES):
            begun = time.monotonic()
            session = self._shell()
            said = session.run(f"{script}\necho '{END}'", arguments, timeout, SPARE)
            if said is not None:
                text, whole, _ = said.partition(END)
                if whole:
                    return text
                break
            session.close()
        why = f"did not end within {timeout:g} s" if time.monotonic() - begun > timeout else "gave no whole output"
        raise PlimsollError(
            f"a command in the helper {IMAGE} {why}", "see that the machine is less busy, and try again"
        )

    def sees_answer(self, process: int, address: str, ports: Sequence[int], path: str, timeout: float) -> int | None:
        """The port on which a server comes to answer in its own network; None where it does not.

        Args:
            process: the machine's number of a process in that network; once that has ended, nothing is waited for.
            address: the server's address there.
            ports: those on which it may.
            path: what to ask for by HTTP; empty where it is enough that it accepts a connection.
            timeout: seconds that it may take.

        """
        # In a shell of its own, so that what ends it does not end the script that says how it ended.
        script = f"({OWN}{SEES_ANSWER})"
        asked = " ".join(map(str, ports))
        said = self.run(script, process, address, asked, path, timeout, timeout=timeout + SPARE).split()
        return int(said[-1]) if said else None

    def connect(self, process: int, address: str, port: int) -> socket.socket:
        """A connection with a server in its own network.

        Args:
            process: the machine's number of a process in that network.
            address: the server's address there.
            port: its port.

        Raises:
            ConnectionRefusedError: nobody accepts the connection.

        """
        killed = ["timeout", "-s", "KILL", str(CONNECTION_TIMEOUT), "bash", "-c", OWN + RELAY]
        words = [*killed, "bash", *map(str, (process, address, port))]
        for _ in range(TRIES):
            relay = Command(self._container, words, stdin=True)
            pieces = relay.output()
            with command.bounded(relay, CONNECTED_WITHIN) as lost:
                begin = next(pieces, b"")
            if begin.startswith(OPEN) and not lost.is_set():
                break
            relay.close()
            if not lost.is_set():
                raise ConnectionRefusedError(f"nothing accepts connections on port {port}")
        else:
            raise ConnectionRefusedError(f"port {port} neither accepts nor refuses a connection")
        ours, theirs = socket.socketpair()
        # What is left of the first piece is the server's own first words, of servers that speak first.
        theirs.sendall(begin.removeprefix(OPEN))

        def fetch() -> None:
            with suppress(OSError):
                for piece in pieces:
                    theirs.sendall(piece)
            with suppress(OSError):
                theirs.shutdown(socket.SHUT_RDWR)

        def deliver() -> None:
            with suppress(OSError):
                while data := theirs.recv(CHUNK):
                    relay.send(data)
            relay.close()
            fetching.join()
            theirs.close()

        fetching = threading.Thread(target=fetch, daemon=True)
        fetching.start()
        threading.Thread(target=deliver, daemon=True).start()
        return ours


_open = ExitStack()


@functools.cache
def helper() -> Helper:
    """The helper of this process: started when it is first asked for, ended with the process.

    Raises:
        PlimsollError: it can't be started.
        NotJudgedError: its image is not here.

    """
    try:
        engine.client().images.get(IMAGE)
    except sdk.ImageNotFound as error:
        raise NotJudgedError(f"helper {IMAGE} can't be had") from error
    atexit.register(close)
    return _open.enter_context(started(rights.options()))


@contextmanager
def started(confinement: dict[str, Any]) -> Iterator[Helper]:
    """A helper for the length of a block, confined as these options of the Docker SDK's say."""
    with launch.launched(IMAGE, awaited=False, command=["sleep", "infinity"], init=True, **confinement) as container:
        yield Helper(container)


def close() -> None:
    """End this process's helper, if it has one, and all that it looked at."""
    helper.cache_clear()
    _open.close()
    launch.settle()
