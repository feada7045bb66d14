"""The files of a folder that are its author's, not a tool's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOREIGN = {".git", ".venv", "__pycache__", "node_modules"}
"""Folders that hold what tools made, and that no build should read."""


def files(folder: Path) -> Iterator[Path]:
    """The regular files of a folder, in order; links are not followed."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - foreign(folders + names))
        for name in sorted(names):
            path = Path(here, name)
            if path.is_file() and not path.is_symlink():
                yield path


def foreign(names: list[str]) -> set[str]:
    """Those of the names in a folder under which tools keep what they made."""
    return FOREIGN | ({"target"} if "Cargo.toml" in names else set())
