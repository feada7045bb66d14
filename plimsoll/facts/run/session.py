"""A shell in the helper that runs scripts one beside the other, as long as the helper is there.

A command of its own for each would cost the engine more than most of them do: it makes namespaces ready, starts a
runtime, and clears both away.
"""

from __future__ import annotations

import base64
import re
import shlex
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TYPE_CHECKING

from plimsoll.facts.run.command import Command

if TYPE_CHECKING:
    from docker.models.containers import Container as DockerContainer

SHELL = """
while read -r number seconds script; do
    {
        said=$(
            timeout -s KILL "$seconds" bash -c "$(printf %s "$script" | base64 -d)" </dev/null 2>/dev/null | base64 -w 0
        )
        # A lock needs a file of its own to hold, whichever.
        exec 9</proc/self/exe
        flock 9
        echo "$number $said"
    } &
done
"""
"""Reads a line for each script, with its number and its seconds, and prints one for what each has said.

It is killed after its time, and at once: a script that has stopped itself, or waits for the kernel, heeds nothing else.
"""

ANSWER = re.compile(rb"(\d+) ([\w+/]*=*)")
"""A line of the shell's; whatever else comes is the engine's own words, such as that the helper has gone."""


class Session:
    """The shell, and the scripts that it runs.

    Args:
        container: the helper's.

    """

    def __init__(self, container: DockerContainer) -> None:
        self._command = Command(container, ["bash", "-c", SHELL], stdin=True)
        self._lock = threading.Lock()
        self._asked: dict[int, Future[str]] = {}
        self._last = 0
        self.ended = False
        threading.Thread(target=self._listen, daemon=True).start()

    def run(self, script: str, arguments: tuple[object, ...], seconds: float, spare: float) -> str | None:
        """What a script says; None where nothing is heard of it, not even that it was killed.

        Args:
            script: in bash.
            arguments: its $1, $2, ...
            seconds: after which it is killed.
            spare: seconds in which that must then have been told.

        """
        words = shlex.join(["set", "--", *map(str, arguments)])
        text = base64.b64encode(f"{words}\n{script}".encode()).decode()
        answer: Future[str] = Future()
        with self._lock:
            self._last += 1
            self._asked[self._last] = answer
            with suppress(OSError):
                self._command.send(f"{self._last} {seconds:g} {text}\n".encode())
        try:
            return None if self.ended else answer.result(seconds + spare)
        except (TimeoutError, InterruptedError):
            return None

    def close(self) -> None:
        """Give it up, with whatever it still runs."""
        self.ended = True
        self._command.close()

    def _listen(self) -> None:
        begun = b""
        for piece in self._command.output():
            *lines, begun = (begun + piece).split(b"\n")
            for told in filter(None, map(ANSWER.fullmatch, lines)):
                # Whoever gave it up hears no more of it.
                with suppress(InvalidStateError, KeyError):
                    answer = self._asked.pop(int(told[1]))
                    answer.set_result(base64.b64decode(told[2]).decode(errors="replace"))
        self.ended = True
        with self._lock:
            unanswered = list(self._asked.values())
        for answer in unanswered:
            with suppress(InvalidStateError):
                answer.set_exception(InterruptedError())
