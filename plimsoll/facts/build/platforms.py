"""A build for another platform than the builder's, and for which processors the programs in it are."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from plimsoll import caches, engine
from plimsoll.facts.build import memo, rebuild
from plimsoll.facts.image import elf
from plimsoll.paths import show

if TYPE_CHECKING:
    from plimsoll.subject import Variant

OTHERS = {"amd64": "arm64", "arm64": "amd64"}
"""What is built for besides the engine's own architecture."""


class OtherPlatform(TypedDict):
    """What a build for another platform ended with.

    Attributes:
        architecture: that it was built for.
        strangers: the programs that are for another one, each with that.

    """

    architecture: str
    strangers: list[tuple[str, str]]


def other_platform(variant: Variant) -> OtherPlatform:
    """What a build for another platform ends with; found out once for one input."""
    return memo.remembered("other-platform", variant, lambda: _other_platform(variant))


def _other_platform(variant: Variant) -> OtherPlatform:
    wanted = OTHERS.get(engine.architecture(), "amd64")
    with rebuild.copy(variant) as folder, tempfile.TemporaryDirectory(dir=caches.folder("tmp")) as temporary:
        archive = Path(temporary, "files.tar")
        arguments = [f"--platform=linux/{wanted}", f"--output=type=tar,dest={archive}", "--provenance=false"]
        rebuild.succeeded(variant, rebuild.run(variant, folder, *arguments))
        return OtherPlatform(architecture=wanted, strangers=strangers(archive, wanted))


def strangers(archive: Path, wanted: str) -> list[tuple[str, str]]:
    """The programs in an archive that are for another architecture."""
    found = []
    with tarfile.open(archive) as files:
        for entry in files:
            content = files.extractfile(entry) if entry.isreg() and entry.mode & 0o111 else None
            program = elf.read(content.read()) if content else None
            if program and program.executable and program.architecture != wanted:
                found.append((show(entry.name), program.architecture))
    return found
