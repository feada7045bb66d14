"""Where facts are kept that are dear to gather: in the user's own cache folder, never beside the program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from plimsoll import DISTRIBUTION

ENVIRONMENT = "PLIMSOLL_CACHE"
"""The variable that names another folder."""


def folder(name: str) -> Path:
    """A folder for what is kept, or for what is not kept (`tmp`); it is made where it is missing.

    Args:
        name: what is in it.

    """
    chosen = os.environ.get(ENVIRONMENT) or _of_the_user() / DISTRIBUTION
    found = Path(chosen) / name
    found.mkdir(parents=True, exist_ok=True)
    return found


def _of_the_user() -> Path:
    """The folder in which a user's programs keep what can be had again, as the system says where that is."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches"
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # XDG's specification has a relative path ignored.
    return given if given.is_absolute() else Path.home() / ".cache"
