"""Which files of a folder, or of a tree, are Dockerfiles and compose files: by their names, but for what tools keep."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import composition, folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.composition import Composition

DOCKERFILE = re.compile(r"(?:(?P<before>.+)\.)?(?:Docker|Container)file(?:\.(?P<after>.+))?", re.IGNORECASE)
"""Docker's names, and those of Podman and Buildah; both also take the plain one in lower case."""

NO_DOCKERFILE = re.compile(
    r".*(?:~|\.(?:dockerignore|containerignore|bak|erb|in|j2|jinja2?|json|lock|markdown|md|orig|rej|rst|swp|template|tmpl"
    r"|toml|tpl|txt|ya?ml))",
    re.IGNORECASE,
)
"""The names of files about one, of what editors leave behind, and of what a Dockerfile is yet to be made from."""

ENVIRONMENT = "pyvenv.cfg"
"""The file by which a folder is known for a virtual environment, whatever its name is."""


@dataclass
class Found:
    """What is to be judged of folders.

    Attributes:
        dockerfiles: in order.
        compositions: the compose files, each with those that are read on top of it.
        ignored: the files that would be among them, and that git ignores.

    """

    dockerfiles: list[Path] = field(default_factory=list)
    compositions: list[Composition] = field(default_factory=list)
    ignored: list[Path] = field(default_factory=list)


def is_dockerfile(name: str) -> bool:
    """Whether a file of that name is a Dockerfile."""
    return bool(DOCKERFILE.fullmatch(name)) and not NO_DOCKERFILE.fullmatch(name)


def is_plain(name: str) -> bool:
    """Whether a Dockerfile has the name under which it is found unasked, of which a folder has one."""
    match = DOCKERFILE.fullmatch(name)
    return match is not None and not (match["before"] or match["after"])


def variant(name: str) -> str:
    """What a Dockerfile's name says that it builds: `dev` for Dockerfile.dev; empty where it says nothing."""
    match = DOCKERFILE.fullmatch(name)
    return (match["before"] or match["after"] or "") if match else ""


def in_folder(folder: Path) -> Found:
    """What is in a folder itself."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    return Found([folder / name for name in names if is_dockerfile(name)], composition.beside(folder))


def in_tree(folder: Path) -> Found:
    """What is in a folder and those below it: no link to a folder is followed, and what git ignores does not count.

    Compose files have their paths from the folder as their names.
    """
    every = [in_folder(here) for here in _folders(folder)]
    dockerfiles = [file for each in every for file in each.dockerfiles]
    named = ((one, str(one.file.relative_to(folder))) for each in every for one in each.compositions)
    compositions = [replace(one, name=name) for one, name in named]
    ignored = _ignored(folder, [*dockerfiles, *(each.file for each in compositions)])
    return Found(
        [file for file in dockerfiles if file not in ignored],
        [each for each in compositions if each.file not in ignored],
        sorted(ignored),
    )


def _folders(folder: Path) -> Iterator[Path]:
    """A folder and those below it that are their author's, in order."""
    for here, inside, names in os.walk(folder):
        if ENVIRONMENT in names and Path(here) != folder:
            inside.clear()
            continue
        inside[:] = sorted(set(inside) - folders.foreign(inside + names))
        yield Path(here)


def _ignored(folder: Path, paths: Iterable[Path]) -> set[Path]:
    """Those of some files in a folder that git ignores; none where it ignores the folder, or can't be asked."""
    command = ["git", "-C", str(folder), "check-ignore", "--stdin", "-z"]
    given = "\0".join([".", *(str(path.relative_to(folder)) for path in paths)])
    try:
        done = subprocess.run(command, input=given.encode(errors="surrogateescape"), capture_output=True, check=False)
    except OSError:
        return set()
    said = set(done.stdout.decode(errors="surrogateescape").split("\0")) - {""}
    return set() if "." in said or done.returncode != 0 else {folder / name for name in said}
