"""Files that processes keep for one another: written whole or not at all, and as good as gone where one is damaged."""

from __future__ import annotations

import fcntl
import functools
import json
import uuid
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from plimsoll.say import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Kept = TypeVar("Kept")

DAMAGED = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading something else than what was written raises."""


def write(file: Path, content: bytes) -> None:
    """Write a file, which appears whole or not at all, whoever else writes it at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Another machine or container may have the folder too: a process's number does not tell two writers apart.
    unfinished = file.with_name(f".{uuid.uuid4().hex}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def keep(file: Path, content: bytes) -> None:
    """Write a file that only saves work; where it can't be written, that is told once and all else goes on."""
    try:
        write(file, content)
    except OSError as error:
        _tell(f"{file.parent} keeps nothing for the next run: {error.strerror or error}")


def read(file: Path, parse: Callable[[bytes], Kept]) -> Kept | None:
    """What is made of a file's content; None where there is none, or where it is not what was written: that is told."""
    try:
        return parse(file.read_bytes())
    except FileNotFoundError:
        return None
    except DAMAGED:
        _tell(f"{file} is damaged, and is made anew")
        return None


@functools.cache
def _tell(words: str) -> None:
    """Say something once."""
    say(words)


def document(content: bytes) -> dict[str, Any]:
    """The JSON object that a file holds.

    Raises:
        ValueError: it holds none.

    """
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - content, not a mistake of the caller's
    return found


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Nobody else at the same time, in this process or another."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
