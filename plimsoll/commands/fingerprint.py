"""By what a finding is known again from run to run: its rule, its file or image, and what is written there.

Neither the number of a line nor a digest, a tag or the folder that a clone lies in is part of it.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll.commands import places
from plimsoll.parsing import instructions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.findings import Finding
    from plimsoll.runner import Result

LETTERS = 16
"""Of the digest: enough for a million findings, and short enough to be read aloud."""

VERSION = re.compile(r"(?<!/)(?::[\w][\w.-]*)?(?:@\w+:[0-9a-f]+)?$")
"""An image's tag and digest, which change with every release."""

LAYER = re.compile(r"^layer \S+:[0-9a-f]+")
"""A layer by its digest, which changes with every build."""

YAML = {".yaml", ".yml"}


def numbered(results: Iterable[Result]) -> Iterator[tuple[Result, Finding, str]]:
    """Each finding with its fingerprint and, behind a colon, the how manieth of that it is, from 1."""
    seen: Counter[str] = Counter()
    for result in results:
        for finding in result.findings:
            known = of(result, finding)
            seen[known] += 1
            yield result, finding, f"{known}:{seen[known]}"


def of(result: Result, finding: Finding) -> str:
    """The fingerprint of a finding, as hexadecimal digits; findings that nothing tells apart share one."""
    if place := places.of(result, finding):
        parts = [
            _shown(place.file, place.folder),
            _written(place, result) if places.LINE.fullmatch(finding.place) else "",
        ]
    else:
        parts = [*_subject(result), _elsewhere(result, finding.place)]
    return hashlib.sha256("\n".join([str(result.rule), *parts]).encode(errors="replace")).hexdigest()[:LETTERS]


def subject(result: Result, finding: Finding) -> str:
    """What a finding is about, as one of its `subjects`: the file where it is in one, else the image."""
    return subjects(result)[0 if places.of(result, finding) else -1]


def subjects(result: Result) -> list[str]:
    """What is judged, in words that no run changes: its file, and which of that file's images; or an image's name."""
    file, *image = _subject(result)
    return [file, *(f"{file} {each}" for each in image)]


def _subject(result: Result) -> list[str]:
    """What is judged: a file and which of its images, or an image's name."""
    if result.file and result.folder:
        return [_shown(result.file, result.folder), result.subject.rpartition(":")[2]]
    return [VERSION.sub("", result.subject)]


def _elsewhere(result: Result, place: str) -> str:
    """A place in an image, or in a file outside the folder that is judged, without its line and its layer's digest."""
    match = places.LINE.fullmatch(place)
    file = Path(match["file"] if match else place)
    top = places.clone(result.folder) if result.folder else None
    if result.folder and top and file.is_relative_to(top):
        return _shown(file, result.folder)
    return LAYER.sub("layer", str(file)) if place else ""


def _shown(file: Path, folder: Path) -> str:
    """A file's path from the top of its clone; where it is in none from here, or from the folder that is judged."""
    top = places.clone(folder)
    start = next((each for each in ([top] if top else [Path.cwd(), folder]) if file.is_relative_to(each)), None)
    return file.relative_to(start).as_posix() if start else file.name


def _written(place: places.Place, result: Result) -> str:
    """What stands at a line: the whole instruction of a Dockerfile, a line of YAML with those above it, or a line."""
    try:
        text = place.file.read_text(errors="replace")
    except OSError:
        return ""
    lines = text.splitlines()
    if place.line > len(lines):
        return ""
    if place.file.suffix in YAML:
        return "\n".join(_path(lines[: place.line]))
    found = _instructions(text) if place.file == result.file else {}
    return found.get(place.line) or _plain(lines[place.line - 1])


@functools.lru_cache(maxsize=16)
def _instructions(text: str) -> dict[int, str]:
    """The instructions of a Dockerfile by each of their lines."""
    found = {}
    for each in instructions.read(text):
        words = _plain(" ".join([each.keyword, *map("=".join, each.flags), each.arguments, *each.heredocs]))
        found.update(dict.fromkeys(range(each.line, max(each.line, each.bodies[1]) + 1), words))
    return found


def _path(lines: list[str]) -> Iterator[str]:
    """The last of some lines, and those that stand further and further left above it."""
    left = None
    for line in reversed(lines):
        indent = len(line) - len(line.lstrip())
        if line.strip() and (left is None or (indent < left and not line.lstrip().startswith("#"))):
            left = indent
            yield _plain(line)


def _plain(text: str) -> str:
    return " ".join(text.split())
