"""The repository's own files: all but what its `.gitignore` files leave out. git is not asked: there may be none."""

from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from workshop.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

READABLE_FILE, READABLE_FOLDER = 0o044, 0o055
IGNORE_FILE = ".gitignore"
PARTS = re.compile(r"\\.|(?<![^/])\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?[^]]*\]|.", re.DOTALL)
"""What a pattern is read as: a quoted character, folders of any depth, a wildcard, a set, or a plain character."""
WILDCARDS = {"**/": "(?:.*/)?", "/**": "/.*", "?": "[^/]"}


@dataclass(frozen=True)
class Line:
    """A line of an ignore file.

    Attributes:
        folder: where the file stands.
        pattern: what it matches, of a path relative to that folder.
        lets_in: whether it takes back what another line leaves out.
        folders_only: whether it is about folders alone.

    """

    folder: Path
    pattern: re.Pattern[str]
    lets_in: bool
    folders_only: bool


@functools.cache
def files(folder: Path = ROOT, top: Path = ROOT) -> tuple[str, ...]:
    """The names of a folder's files and links, relative to it, in order, without what is ignored.

    Args:
        folder: which.
        top: the repository's, which is the folder or above it.

    """
    above = [each for each in reversed(folder.parents) if each.is_relative_to(top)]
    lines = tuple(line for each in above for line in _lines(each))
    return tuple(sorted(path.relative_to(folder).as_posix() for path in _below(folder, lines)))


def require_readable() -> None:
    """Refuse to build what its image's user could not read: COPY keeps the modes that files have here.

    Its `--chmod` gives one mode to files and folders alike, or takes a form that not every builder knows.

    Raises:
        PlimsollError: files can be read by their owner alone, as `umask 077` makes them.

    """
    own = [ROOT / name for name in files()]
    checked = {each: READABLE_FILE for each in own if not each.is_symlink()}
    checked |= {each: READABLE_FOLDER for file in own for each in file.parents if each.is_relative_to(ROOT)}
    closed = sorted(path for path, mode in checked.items() if path.stat().st_mode & mode != mode)
    if closed:
        others = f" and {len(closed) - 1} more" if len(closed) > 1 else ""
        raise PlimsollError(
            f"{closed[0]}{others} can be read by its owner alone, and so could what images copy of them",
            f"clone again after `umask 022`, or `chmod -R go+rX {shlex.quote(str(ROOT))}`",
        )


def copy(target: Path, names: Iterable[str] = ()) -> None:
    """Copy files of the repository, links as links.

    Args:
        target: the folder that they go to.
        names: which; all where none is named.

    """
    for name in names or files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name, follow_symlinks=False)


def _below(folder: Path, lines: tuple[Line, ...]) -> Iterator[Path]:
    lines += _lines(folder)
    with os.scandir(folder) as entries:
        for entry in entries:
            path, is_folder = Path(entry.path), entry.is_dir(follow_symlinks=False)
            if entry.name == ".git" or _is_ignored(path, lines, is_folder=is_folder):
                continue
            if is_folder:
                yield from _below(path, lines)
            elif entry.is_symlink() or entry.is_file():
                yield path


def _is_ignored(path: Path, lines: tuple[Line, ...], *, is_folder: bool) -> bool:
    """What the last line says that matches."""
    for line in reversed(lines):
        if (is_folder or not line.folders_only) and line.pattern.fullmatch(path.relative_to(line.folder).as_posix()):
            return not line.lets_in
    return False


def _lines(folder: Path) -> tuple[Line, ...]:
    file = folder / IGNORE_FILE
    if not file.is_file():
        return ()
    written = file.read_text(errors="surrogateescape").splitlines()
    return tuple(line for text in written if (line := _line(folder, text)) is not None)


def _line(folder: Path, text: str) -> Line | None:
    """A line read; None for a comment or nothing."""
    text = re.sub(r"(?<!\\) +$", "", text)
    if not text or text.startswith("#"):
        return None
    lets_in = text.startswith("!")
    pattern = text.removeprefix("!")
    folders_only = pattern.endswith("/")
    pattern = pattern.rstrip("/") if folders_only else pattern
    # One without a slash is about names, at any depth.
    anywhere = "" if "/" in pattern else "(?:.*/)?"
    translated = "".join(map(_translated, PARTS.findall(pattern.removeprefix("/"))))
    return Line(folder, re.compile(anywhere + translated, re.DOTALL), lets_in, folders_only)


def _translated(part: str) -> str:
    if part in WILDCARDS:
        return WILDCARDS[part]
    if part.startswith("*"):
        return "[^/]*"
    if part.startswith("[") and len(part) > 1:
        negated = part[1] in "!^"
        inside = part[1 + negated : -1].replace("\\", r"\\").replace("[", r"\[")
        return f"(?!/)[{'^' * negated}{inside}]"
    return re.escape(part[-1])
