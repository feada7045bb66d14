"""Where a finding is: in a file that is here, in an image, or about a subject as a whole."""

from __future__ import annotations

import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plimsoll.findings import Finding
    from plimsoll.runner import Result

STDIN = "-"
"""The target that is read from standard input, and the name by which findings have it."""

LINE = re.compile(r"(?P<file>.+):(?P<line>\d+)", re.DOTALL)
IGNORE = ".dockerignore"
"""The end of the only names of files that findings give without a line."""
NAMES_PARTS = re.compile(r"[/:@]")
"""What parts an image's name: of these only the slash may stand in a relative address as it is."""


@dataclass(frozen=True)
class Place:
    """A line of a file that is here.

    Attributes:
        file: an absolute path.
        line: from 1.
        folder: what is judged, in which the file is.

    """

    file: Path
    line: int
    folder: Path

    @property
    def relative(self) -> str:
        """The file's path from here where it lies below, else from the folder that is judged, else its name."""
        for start in (Path.cwd(), self.folder):
            if self.file.is_relative_to(start):
                return str(self.file.relative_to(start))
        return self.file.name

    @property
    def from_top(self) -> str:
        """The file's path from the top of its clone, as code hosts want it; where it is in none, as it is seen here."""
        top = clone(self.folder)
        return self.file.relative_to(top).as_posix() if top and self.file.is_relative_to(top) else self.relative

    def __str__(self) -> str:
        """As a linter prints it: by the path from the current folder, so that a click on it opens the file."""
        # What came from standard input is in a folder of ours.
        path = STDIN if self.file.name == STDIN else os.path.relpath(self.file)
        return f"{path}:{self.line}"


def of(result: Result, finding: Finding) -> Place | None:
    """The line that a finding names; None where it names none, but something in an image, or nothing.

    A path in an image may look like one of a file that is here. So only files count that are in the folder judged.
    """
    match = LINE.fullmatch(finding.place)
    file, line = (Path(match["file"]), int(match["line"])) if match else (Path(finding.place), 1)
    if file == result.file and not match:
        line = result.line
    elif not (match or finding.place.endswith(IGNORE)):
        return None
    if result.folder is None or not (file == result.file or file.is_relative_to(result.folder)) or not file.is_file():
        return None
    return Place(file, max(1, line), result.folder)


@functools.cache
def clone(folder: Path) -> Path | None:
    """The folder of the git clone that a folder is in; None where it is in none."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)


def shown(result: Result, finding: Finding) -> Place | None:
    """The line at which a finding is shown: that which it names or which made it, else where its subject begins."""
    if place := of(result, finding):
        return place
    if result.folder is None or result.file is None:
        return None
    return Place(result.file, result.lines.get(finding.place, result.line), result.folder)


def pointed(result: Result, finding: Finding) -> tuple[str, int]:
    """The relative path and the line at which a finding is shown; for an image without files a path of its own name."""
    if place := shown(result, finding):
        return place.from_top, place.line
    parts = [part for part in NAMES_PARTS.split(result.subject) if part not in {"", ".", ".."}]
    return "/".join(parts) or "image", 1


def words(result: Result, finding: Finding) -> str:
    """A finding's place as people read it."""
    if place := of(result, finding):
        return str(place)
    return f"{result.subject} {finding.place}".rstrip()
