"""What is published: a commit, with nothing beside it, and the version that a tag of git gives it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from workshop.root import ROOT

if TYPE_CHECKING:
    from pathlib import Path

VERSION = re.compile(r"v?((?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)")
"""A version that can stand in a tag of an image, which takes no `+`: https://semver.org."""

UNRELEASED = "0.0.0-dev"
"""The version of what no tag names: the bake file's own default."""

SHORT = 7
"""Figures of a commit in a tag: as many as GitHub's action `docker/metadata-action` takes."""


@dataclass(frozen=True)
class Source:
    """A commit that is published.

    Attributes:
        revision: the commit, whole.
        seconds: its time, since 1970.
        branch: that is checked out, empty where none is.
        version: that a tag gives it, without `v`; empty where none was named.

    """

    revision: str
    seconds: int
    branch: str
    version: str

    @property
    def short(self) -> str:
        """The commit as people say it."""
        return self.revision[:SHORT]

    @property
    def created(self) -> str:
        """Its time as labels tell it."""
        return datetime.fromtimestamp(self.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def label(self) -> str:
        """The version as labels tell it."""
        return self.version or UNRELEASED


def read(tag: str, root: Path = ROOT) -> Source:
    """The commit that is checked out.

    Args:
        tag: of git, that names it and its version; empty where it has none.
        root: the repository.

    Raises:
        PlimsollError: the work tree is not what a commit holds, or the tag is none of this commit, or no version.

    """
    version = _version(tag) if tag else ""
    revision = _git(root, "rev-parse", "HEAD")
    if changed := _git(root, "status", "--porcelain").splitlines():
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise PlimsollError(
            f"the work tree is not what commit {revision[:SHORT]} holds, {changed[0][3:]}{more}", "commit it first"
        )
    if tag:
        _require_named(root, tag, revision)
    seconds = int(_git(root, "show", "--no-patch", "--format=%ct", "HEAD"))
    return Source(revision, seconds, _git(root, "branch", "--show-current"), version)


def _version(tag: str) -> str:
    found = VERSION.fullmatch(tag)
    if not found:
        raise PlimsollError(f"TAG={tag} is no version", "name a tag of git such as v1.4.2 or v1.5.0-rc.1")
    return found[1]


def _require_named(root: Path, tag: str, revision: str) -> None:
    named = _git(root, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}", missing="")
    if not named:
        raise PlimsollError(f"git has no tag {tag}", f"make it, where it is meant to be this commit: `git tag {tag}`")
    if named != revision:
        raise PlimsollError(
            f"tag {tag} is commit {named[:SHORT]}, and {revision[:SHORT]} is checked out", f"`git checkout {tag}`"
        )


def _git(root: Path, *arguments: str, missing: str | None = None) -> str:
    """What git says.

    Args:
        root: where.
        arguments: its own.
        missing: what it means where it says no; None where that is an error.

    Raises:
        PlimsollError: there is no `git`, no repository, or no commit.

    """
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PlimsollError("there is no `git` command", "install git: what is published is a commit") from error
    if done.returncode == 0:
        return done.stdout.rstrip("\n")
    if missing is not None:
        return missing
    cause = next(iter(done.stderr.strip().splitlines()), "no reason given").removeprefix("fatal: ")
    raise PlimsollError(f"{root} has no commit that could be published, {cause}", "publish from a clone with git")
