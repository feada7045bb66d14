"""One voice for every command: progress goes to standard error, so that standard output holds only results."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REMINDER = 10.0
"""Seconds after which a running step says again that it is still at work."""


class _Voice:
    quiet = False
    """Whether progress is kept to itself."""


def be_quiet() -> None:
    """Print no progress from now on; what has to be told is told."""
    _Voice.quiet = True


def say(message: str) -> None:
    """Print one line of progress."""
    if not _Voice.quiet:
        tell(message)


def tell(message: str) -> None:
    """Print one line that is no progress: why something could not be done, or how it ended."""
    print(f"plimsoll: {message}", file=sys.stderr, flush=True)


@contextmanager
def saying(step: str) -> Iterator[None]:
    """Name a step, repeat its name while it lasts, and say how long it took once it was worth mentioning."""
    say(f"{step} ...")
    begun = time.monotonic()
    done = threading.Event()

    def remind() -> None:
        while not done.wait(REMINDER):
            say(f"{step} ... {time.monotonic() - begun:.0f} s")

    reminder = threading.Thread(target=remind, daemon=True)
    reminder.start()
    try:
        yield
    finally:
        done.set()
        reminder.join()
    taken = time.monotonic() - begun
    if taken >= 1:
        say(f"{step}: done in {taken:.0f} s")
