"""Files that a compose file gives to its services as secrets, and which of its own builds takes along."""

from __future__ import annotations

import os.path
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from plimsoll.facts.build import context, ignored
from plimsoll.facts.text import services

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plimsoll.composition import Composition
    from plimsoll.facts.text.services import Build


def secrets_sent(composition: Composition) -> Iterator[tuple[str, str]]:
    """The files of secrets that a build of the same compose file copies: where they are named, and by what."""
    builds: dict[tuple[Path, Path], tuple[str, Build]] = {}
    for name in composition.services:
        if build := services.build(composition, name):
            builds.setdefault((build.file, build.context), (name, build))
    for secret, given in (composition.document.get("secrets") or {}).items():
        file = given.get("file") or ""
        for service, build in builds.values():
            path = os.path.relpath(composition.file.parent / file, build.context)
            if file and not path.startswith("..") and (line := _taking(build, path)):
                place = composition.place_of("secrets", secret, "file")
                yield place, f"the secret {secret}, {file}, is sent to the build of {service}, which copies it ({line})"


def _taking(build: Build, path: str) -> str:
    """The line that takes a file from the context, empty where none does or the file is ignored."""
    ignore = context.ignore_file(build.file, build.context)
    if ignore and ignored.keeping_out(path, ignored.read(ignore)):
        return ""
    inside = [path, *map(str, PurePosixPath(path).parents)]
    for source, line in context.sources(build.dockerfile).items():
        if any(fnmatch(each, source) for each in inside):
            return f"line {line} of its Dockerfile"
    return ""
