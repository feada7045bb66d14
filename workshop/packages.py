"""Debian's packages, which the project installs where something is missing: told before, and how to undo it."""

from __future__ import annotations

import os
import platform
import subprocess
from typing import TYPE_CHECKING

from plimsoll import caches, whole
from plimsoll.errors import PlimsollError
from plimsoll.say import saying, tell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ENVIRONMENT = "PLIMSOLL_INSTALL"
"""The variable that, set to 0, keeps everything from being installed."""


def allowed() -> bool:
    """Whether anything may be installed."""
    return os.environ.get(ENVIRONMENT) != "0"


def require_allowed(missing: str, remedy: str) -> None:
    """See that something may be installed.

    Args:
        missing: what is missing, in words.
        remedy: what to do about it by hand.

    Raises:
        PlimsollError: the user forbids it.

    """
    if not allowed():
        raise PlimsollError(f"{missing}, and {ENVIRONMENT}=0 forbids to install it", remedy)


def announce(packages: Iterable[str], suite: str, files: Iterable[Path] = ()) -> None:
    """Say what is about to be installed, from where, and how to undo it.

    Args:
        packages: their names.
        suite: where they come from, in words.
        files: what is written for that, beside the packages.

    """
    names = " ".join(packages)
    removed = f" && rm {' '.join(map(str, files))}" if files else ""
    tell(f"{names} will be installed from {suite}; to undo it: apt-get purge --autoremove {names}{removed}")


def install(packages: Iterable[str]) -> None:
    """Install packages.

    Raises:
        PlimsollError: apt-get failed; its last line is the cause.

    """
    # Apt itself does not wait for another that reads the lists.
    with saying(f"installing {', '.join(packages)}"), whole.locked(caches.folder("locks") / "apt.lock"):
        _apt("update")
        _apt("install", "-o=DPkg::Lock::Timeout=300", "--yes", "--no-install-recommends", *packages)


def distribution() -> str:
    """What the machine's distribution calls itself: `debian`, `ubuntu`; the system's name where it is none."""
    try:
        return platform.freedesktop_os_release()["ID"]
    except (OSError, KeyError):
        return platform.system()


def _apt(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "--quiet", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise PlimsollError(f"`apt-get {' '.join(arguments)}` failed: {''.join(last)}", "fix that, then run this again")
