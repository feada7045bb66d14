"""What a container leaves behind while it serves: open ports, changed files, logs, processes nobody waits for."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING

from plimsoll.containers.trial import comes

if TYPE_CHECKING:
    from plimsoll.containers.outside import Outside
    from plimsoll.containers.trial import Trial

OWN = "/tmp"  # noqa: S108 - the container's, not ours
"""Where it may write without a mount: whoever makes the rest read-only mounts memory there."""


class Traces:
    """The traces of one container; each is looked for when it is first asked for.

    Args:
        tried: the container, which is then used.
        outside: from where it is looked at.

    """

    def __init__(self, tried: Trial, outside: Outside) -> None:
        self._outside = outside
        self._used = tried.use()

    @cached_property
    def listening(self) -> set[str]:
        """The ports on which it can be reached from elsewhere, such as `8080/tcp`."""
        return self._outside.listening(self._used)

    @cached_property
    def changes(self) -> list[str]:
        """What it wrote, changed or removed in its own file system, beside /tmp and whatever is mounted."""
        differing = sorted(str(row["Path"]) for row in self._used.container.diff() or [])
        mounts = [OWN, *(mount["Destination"] for mount in self._used.container.attrs["Mounts"])]
        # A directory is changed by what is in it.
        leaves = [path for path in differing if not any(_in(other, path) for other in differing)]
        return [path for path in leaves if not any(path == mount or _in(path, mount) for mount in mounts)]

    @cached_property
    def logs(self) -> bool:
        """Whether it said anything on standard output or standard error."""
        return comes(lambda: bool(self._used.logs(1)))

    @cached_property
    def log_files(self) -> set[str]:
        """The files that it logs into."""
        return self._outside.log_files(self._used)

    @cached_property
    def zombies(self) -> list[str]:
        """Its processes that have ended and that nobody waits for, after an orphan was left to it.

        Where its first process has started no other, none is left to it: nothing there makes orphans.
        """
        processes = self._outside.processes(self._used)
        if {process.parent for process in processes} & {process.pid for process in processes}:
            self._outside.orphan(self._used)
        comes(lambda: not self._ended())
        return self._ended()

    def _ended(self) -> list[str]:
        processes = self._outside.processes(self._used)
        numbers = {process.pid for process in processes}
        # The engine waits for the probes that it started itself.
        return [process.name for process in processes if process.state == "Z" and process.parent in numbers]


def _in(path: str, folder: str) -> bool:
    return path.startswith(posixpath.join(folder, ""))
