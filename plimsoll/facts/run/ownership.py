"""Whose a container is: the run that started it, known by a random name and by the process that began it."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

LABEL = "plimsoll.run"
BEGINNER = "plimsoll.begun-by"
ENVIRONMENT = "PLIMSOLL_RUN"

BEGAN = ENVIRONMENT not in os.environ
"""Whether this process began its run; the workers and commands that it starts inherit the run's name."""

RUN = os.environ.setdefault(ENVIRONMENT, uuid.uuid4().hex)
"""The run's name, which no other run on any machine has."""

BOOT = Path("/proc/sys/kernel/random/boot_id")
SPACE = Path("/proc/self/ns/pid")


def labels() -> dict[str, str]:
    """What is written on everything that this run starts."""
    return {LABEL: RUN, BEGINNER: " ".join((_machine(), str(os.getpid()), _begun(os.getpid())))}


def is_orphan(of: dict[str, str]) -> bool:
    """Whether the process that started something is known to be gone.

    A process of another machine, or of another container's process space, can't be looked for from here: it counts
    as being there.

    Args:
        of: the labels of the thing.

    """
    machine, _, process = of.get(BEGINNER, "").partition(" ")
    number, _, begun = process.partition(" ")
    return bool(begun) and machine == _machine() and _begun(int(number)) != begun


def _machine() -> str:
    """The machine since it was started, and the process space in which numbers mean processes."""
    try:
        return f"{BOOT.read_text().strip()}/{SPACE.readlink()}"
    except OSError:
        # Not Linux: nothing is known of other processes, and each run cleans up its own only.
        return f"unknown/{RUN}"


def _begun(number: int) -> str:
    """When a process began, in the kernel's ticks, which tells it from a later one of its number; empty for none."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return "" if BOOT.exists() else "unknown"
