"""What a container does beside its answers: open ports, changed files, logs, whose it is, whom nobody waits for."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll.facts.run.trial import poll_until

if TYPE_CHECKING:
    from plimsoll.facts.run.container import Container
    from plimsoll.facts.run.outside import Outside, Process
    from plimsoll.facts.run.trial import Trial

OWN = "/tmp"  # noqa: S108 - the container's, not ours
"""Where it may write without a mount: whoever makes the rest read-only mounts memory there."""


@dataclass(frozen=True)
class SideEffects:
    """What one container leaves behind.

    Attributes:
        listening: the ports on which it can be reached from elsewhere, such as `8080/tcp`.
        changes: what it wrote, changed or removed in its own file system, beside /tmp and whatever is mounted.
        log_files: the files that it logs into.
        zombies: its processes that have ended and that nobody waits for, after an orphan was left to it.
        workers: those that do its work, each by its words, with the number of its user: what waits for connections
            and has started nothing else, or whatever comes next to that.

    """

    listening: tuple[str, ...]
    changes: tuple[str, ...]
    log_files: tuple[str, ...]
    zombies: tuple[str, ...]
    workers: tuple[tuple[str, int], ...]


def of(tried: Trial, outside: Outside) -> SideEffects:
    """What a container leaves behind that has been asked for all that it promises.

    Args:
        tried: the container.
        outside: from where it is looked at.

    """
    used = tried.use()
    # Before an orphan is left to it.
    workers = _workers(outside.family(used))
    return SideEffects(
        listening=tuple(sorted(outside.listening(used))),
        changes=tuple(_changes(used)),
        log_files=tuple(sorted(outside.log_files(used))),
        zombies=tuple(_zombies(used, outside)),
        workers=tuple((each.line, each.uid) for each in workers if each.uid is not None),
    )


def _workers(family: list[Process]) -> list[Process]:
    alive = [each for each in family if each.state != "Z"]
    parents = {each.parent for each in alive}
    last = [each for each in alive if each.pid not in parents]
    return [each for each in last if each.listens] or [each for each in alive if each.listens] or last


def _changes(used: Container) -> list[str]:
    differing = sorted(str(row["Path"]) for row in used.container.diff() or [])
    mounts = [OWN, *(mount["Destination"] for mount in used.container.attrs["Mounts"])]
    # A directory is changed by what is in it.
    leaves = [path for path in differing if not any(_in(other, path) for other in differing)]
    return [path for path in leaves if not any(path == mount or _in(path, mount) for mount in mounts)]


def _zombies(used: Container, outside: Outside) -> list[str]:
    """Where its first process has started no other, no orphan is left to it: nothing there makes orphans."""
    processes = outside.processes(used)
    if {process.parent for process in processes} & {process.pid for process in processes}:
        outside.orphan(used)
    poll_until(lambda: not _ended(used, outside))
    return _ended(used, outside)


def _ended(used: Container, outside: Outside) -> list[str]:
    processes = outside.processes(used)
    numbers = {process.pid for process in processes}
    # The engine waits for the probes that it started itself.
    return [process.name for process in processes if process.state == "Z" and process.parent in numbers]


def _in(path: str, folder: str) -> bool:
    return path.startswith(posixpath.join(folder, ""))
