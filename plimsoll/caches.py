"""Where facts are kept that are dear to gather: in the user's own cache folder, never beside the program."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import sys
import tempfile
from pathlib import Path

from plimsoll import DISTRIBUTION
from plimsoll.errors import PlimsollError

ENVIRONMENT = "PLIMSOLL_CACHE"
"""The variable that names another folder."""


def folder(name: str) -> Path:
    """A folder for what is kept, or for what is not kept (`tmp`); it is made where it is missing.

    Where the user's own can't be written, it is one that lasts as long as this process.

    Args:
        name: what is in it.

    Raises:
        PlimsollError: the folder that is chosen by the variable can't be written.

    """
    if chosen := os.environ.get(ENVIRONMENT):
        if (found := _made(Path(chosen) / name)) is None:
            raise PlimsollError(f"{ENVIRONMENT}={chosen} can't be written", "name another folder, or unset it")
        return found
    try:
        found = _made(_of_the_user() / DISTRIBUTION / name)
    except RuntimeError:  # The user has no home at all.
        found = None
    return found or _made(_passing() / name) or _passing()


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which is made itself where it is missing."""
    return _made(folder) is not None


def _made(folder: Path) -> Path | None:
    """A folder that can be written; None where it can't be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


@functools.cache
def _passing() -> Path:
    folder = tempfile.mkdtemp(prefix="plimsoll-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _of_the_user() -> Path:
    """The folder in which a user's programs keep what can be had again, as the system says where that is."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches"
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # XDG's specification has a relative path ignored.
    return given if given.is_absolute() else Path.home() / ".cache"
