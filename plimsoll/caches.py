"""Where facts are kept that are dear to gather: in the user's own cache folder, never beside the program."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from plimsoll import DISTRIBUTION

ENVIRONMENT = "PLIMSOLL_CACHE"
"""The variable that names another folder."""


def folder(name: str) -> Path:
    """A folder for what is kept, or for what is not kept (`tmp`); it is made where it is missing.

    Args:
        name: what is in it.

    """
    chosen = os.environ.get(ENVIRONMENT) or platformdirs.user_cache_dir(DISTRIBUTION, appauthor=False)
    found = Path(chosen) / name
    found.mkdir(parents=True, exist_ok=True)
    return found
