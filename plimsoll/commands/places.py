"""Where a finding is: in a file that is here, in an image, or about a subject as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plimsoll.findings import Finding
    from plimsoll.runner import Result

LINE = re.compile(r"(?P<file>.+):(?P<line>\d+)", re.DOTALL)
IGNORE = ".dockerignore"
"""The end of the only names of files that findings give without a line."""


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

    def __str__(self) -> str:
        """As a linter prints it."""
        return f"{self.relative}:{self.line}"


def of(result: Result, finding: Finding) -> Place | None:
    """The line that a finding names; None where it names none, but something in an image, or nothing.

    A path in an image may look like one of a file that is here. So only files count that are in the folder judged.
    """
    match = LINE.fullmatch(finding.place)
    if result.folder is None or not (match or finding.place.endswith(IGNORE)):
        return None
    file = Path(match["file"] if match else finding.place)
    if not file.is_relative_to(result.folder) or not file.is_file():
        return None
    return Place(file, max(1, int(match["line"]) if match else 1), result.folder)


def origin(result: Result) -> Place | None:
    """Where the subject itself is written; None where that is not here."""
    if result.folder is None or result.file is None:
        return None
    return Place(result.file, result.line, result.folder)


def words(result: Result, finding: Finding) -> str:
    """A finding's place as people read it."""
    if place := of(result, finding):
        return str(place)
    return f"{result.subject} {finding.place}".rstrip()
