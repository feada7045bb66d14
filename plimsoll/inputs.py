"""What does this depend on? One answer, in named parts, for builds, experiments, facts of layers, results of tests.

Whatever is kept is kept under a digest of its inputs, and counts only while all of them are the same. What can't be
told by one of these parts is not kept.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import engine, folders, references

if TYPE_CHECKING:
    from collections.abc import Iterable

LIBRARY = Path(__file__).parent

PASSED_ON = ("BUILDKIT_", "BUILDX_", "DOCKER_", "COMPOSE_", "SOURCE_DATE_EPOCH")
"""How the variables of the environment begin that reach the engine's clients and change what they do."""

HADOLINT = Path(sys.prefix) / "bin/hadolint"


def digest(**parts: object) -> str:
    """One digest of named parts, each of which JSON can tell."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@functools.cache
def code(*names: str) -> str:
    """The judge's own code: modules of the library, and the Python that runs them.

    Args:
        names: those of modules, or of folders of modules, from the library's own folder.

    """
    found = hashlib.sha256(sys.version.encode())
    for name in names:
        folder = LIBRARY / name
        for file in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]:
            content = file.read_bytes()
            found.update(f"{file.relative_to(LIBRARY)} {len(content)}\n".encode() + content)
    return found.hexdigest()


def tools() -> list[str]:
    """Who builds and runs: the engine, its address, buildx and compose; the kernel; the environment passed on to them.

    Raises:
        PlimsollError: no engine answers, a plugin is missing, or one of them is too old.

    """
    passed = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith(PASSED_ON)]
    return [str(engine.found()), platform.release(), *passed]


@functools.cache
def linter() -> str:
    """The version of hadolint, empty where it is missing: what is installed may be another than the lock file says."""
    try:
        answer = subprocess.run([HADOLINT, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return answer.stdout.strip()


def images(names: Iterable[str]) -> list[str]:
    """The identities of images that the engine has, and the names of those that it has not."""
    names = [*names]
    here = _every or _some(frozenset(map(with_tag, names)))
    return [here.get(with_tag(name), name) for name in names]


PATTERN = re.compile(r"[*?\\\[\]]")
"""What is in no image's name, and means something to the engine where it looks for one."""

_every: dict[str, str] = {}


def list_images() -> None:
    """Have all images listed once, for whoever is going to ask for many."""
    _every.update(engine.images())


@functools.cache
def _some(names: frozenset[str]) -> dict[str, str]:
    known = [name for name in names if not PATTERN.search(name)]
    return engine.images(*known) if known else {}


def with_tag(name: str) -> str:
    """An image's name as the engine lists it: what has no tag has the tag `latest`."""
    reference = references.parse(name)
    return name if reference.tag or reference.digest else f"{name}:{references.LATEST}"


def sources(folder: Path) -> list[str]:
    """What a build can read of a folder, as the builder sees it: git's ignore files mean nothing to COPY."""
    return [f"{path.relative_to(folder)} {_file(path)}" for path in folders.files(folder)]


@functools.cache
def _file(path: Path) -> str:
    return f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
