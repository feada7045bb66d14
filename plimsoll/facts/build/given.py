"""Files that a compose file gives to its services as secrets, and which of its own builds takes along."""

from __future__ import annotations

import os.path
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from plimsoll.facts.build import context
from plimsoll.facts.text import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.composition import Composition
    from plimsoll.facts.text.services import Build


def secrets_sent(composition: Composition) -> Iterator[tuple[str, str]]:
    """The files of secrets that a build of the same compose file copies: where they are named, and by what."""
    builds = {name: build for name in composition.services if (build := services.build(composition, name))}
    for secret, given in (composition.document.get("secrets") or {}).items():
        file = given.get("file") or ""
        for service, build in builds.items():
            path = os.path.relpath(composition.file.parent / file, build.context)
            if file and not path.startswith("..") and (line := _taking(build, path)):
                place = composition.place_of("secrets", secret, "file")
                yield place, f"the secret {secret}, {file}, is sent to the build of {service}, which copies it ({line})"


def _taking(build: Build, path: str) -> str:
    """The line that takes a file from the context, empty where none does or the file is ignored."""
    # Not before: it takes long to load, and who only lists the rules does without.
    from docker.utils.build import PatternMatcher  # noqa: PLC0415

    ignore = context.ignore_file(build.file, build.context)
    lines = ignore.read_text(errors="replace").splitlines() if ignore else []
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    ignored: Any = PatternMatcher(patterns)
    if patterns and ignored.matches(path):
        return ""
    inside = [path, *map(str, PurePosixPath(path).parents)]
    for source, line in context.sources(build.dockerfile).items():
        if any(fnmatch(each, source) for each in inside):
            return f"line {line} of its Dockerfile"
    return ""
