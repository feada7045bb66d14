"""Whether there is room where the engine keeps images: a run that fills the disk up fails in its middle, anywhere."""

from __future__ import annotations

import shutil

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.say import tell
from plimsoll.units import show_size

LEAST = 2 * 10**9
"""Bytes below which no run ends well, even one that finds everything built."""

FROM_NOTHING = 34 * 10**9
"""Bytes that the whole suite takes where nothing has been built, most of it cache; as measured (README)."""

OFTEN_ENOUGH = 6 * 10**9
"""Bytes that it takes where nearly all has been built."""

REMEDY = "`docker builder prune` frees some, `make clean` all that this project made"


def require() -> None:
    """Refuse to begin where the disk would fill up; say so where it might.

    Raises:
        PlimsollError: less is free than any run takes.

    """
    folder = engine.info().get("DockerRootDir", "")
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        # The engine's disk is another machine's, or in a machine of its own as Desktop's.
        return
    left = f"{show_size(free)} are free in {folder}, where the engine keeps images"
    if free < LEAST:
        raise PlimsollError(f"{left}, and a run takes {show_size(LEAST)} at least", REMEDY)
    if free < OFTEN_ENOUGH:
        tell(f"{left}; the whole suite takes {show_size(FROM_NOTHING)} where nothing is built yet: {REMEDY}")
