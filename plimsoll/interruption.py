"""Signals that end a command: the first is raised, so that all is cleaned up on its way; none disturbs the cleaning.

Also a pytest plugin (`-p plimsoll.interruption`), for the run that `make test` starts, and its workers.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C; what CI, `kill` and `docker stop` send; the end of the terminal."""

ENDED_BY = 128
"""What a shell adds to a signal's number, where a program was ended by it."""


class Interrupted(KeyboardInterrupt):
    """A signal came that ends the command.

    Args:
        number: the signal's.

    """

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class _Now:
    came: int | None = None
    """The first signal that came."""
    told = False
    """Whether it has been raised, or nobody wants to know of it any more."""
    held = 0
    """How many blocks are under way that no signal may disturb."""


def listen() -> None:
    """Raise `Interrupted` at a signal from now on; one that this process was started to ignore stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _come)


pytest_configure = listen


def _come(number: int, _: FrameType | None) -> None:
    if _Now.came is not None:
        return
    _Now.came = number
    for child in _children():
        # It may have been sent to this process alone. Who waits for a child must not wait till its work is done.
        with suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGINT)
    _tell()


def _tell() -> None:
    if _Now.came is not None and not _Now.told and not _Now.held:
        _Now.told = True
        raise Interrupted(_Now.came)


def _children() -> list[int]:
    """The processes that this one has started and that are to end with it: those of its own session, as Linux tells."""
    lists = Path("/proc/self/task").glob("*/children")
    numbers = []
    with suppress(OSError):
        numbers = [int(number) for each in lists for number in each.read_text().split()]
    return [number for number in numbers if _session(number) == os.getsid(0)]


def _session(process: int) -> int:
    with suppress(OSError):
        return os.getsid(process)
    return 0


@contextmanager
def held() -> Iterator[None]:
    """Keep a signal waiting until the end of a block, which cleans up."""
    _Now.held += 1
    try:
        yield
    finally:
        _Now.held -= 1
        _tell()


def require_none() -> None:
    """Raise the interruption that somebody has kept to himself.

    Raises:
        Interrupted: a signal came.

    """
    if _Now.came is not None:
        raise Interrupted(_Now.came)


def over() -> None:
    """Heed no signal any more: the command has ended, and only says how.

    They are ignored, since Python gives its own handlers up while it shuts down, when a signal would end it.
    """
    _Now.told = True
    for number in SIGNALS:
        if signal.getsignal(number) is _come:
            signal.signal(number, signal.SIG_IGN)


def code(error: KeyboardInterrupt) -> int:
    """The exit code of a command that was interrupted: 130 by Ctrl-C, 143 by SIGTERM."""
    return ENDED_BY + (error.number if isinstance(error, Interrupted) else signal.SIGINT)
