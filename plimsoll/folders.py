"""The files of a folder that are its author's, not a tool's."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError

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


def tracked(folder: Path) -> tuple[str, ...]:
    """The names of the files that git tracks in a folder, or would track, relative to it, in order.

    A file that was deleted and not yet committed is still among them.

    Raises:
        PlimsollError: git is missing, the folder is in no clone, or git refuses it or ignores it.

    """
    command = ["git", "-C", str(folder), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        # In English, to be understood here.
        done = subprocess.run(command, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PlimsollError(
            "the `git` command is missing", f"install git, which lists the files of {folder}"
        ) from error
    if done.returncode != 0:
        raise _refusal(folder, done.stderr)
    names = tuple(sorted(filter(None, done.stdout.split("\0"))))
    if not names:
        raise PlimsollError(
            f"git knows no file of {folder}",
            f"a clone around it ignores it: make it one of its own, `git -C {shlex.quote(str(folder))} init`",
        )
    return names


def _refusal(folder: Path, words: str) -> PlimsollError:
    """Why git lists no files, in one line, and what helps."""
    if refused := re.search(r"dubious ownership in repository at '(.+)'", words):
        return PlimsollError(
            f"git refuses {refused[1]}, which belongs to another user",
            f"make it yours, or trust it: `git config --global --add safe.directory {shlex.quote(refused[1])}`",
        )
    if "not a git repository" in words:
        return PlimsollError(
            f"{folder} is no git clone",
            f"get it by `git clone`, or let git list its files: `git -C {shlex.quote(str(folder))} init`",
        )
    cause = (words.strip().splitlines() or ["no reason given"])[-1]
    return PlimsollError(f"git lists no files of {folder}, {cause}", "fix that, then run this again")
