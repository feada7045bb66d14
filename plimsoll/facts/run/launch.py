"""Starting containers with limits and a label, and removing them whatever happens."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from plimsoll import engine, sdk
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import ownership

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker.models.containers import Container as DockerContainer

GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}
"""What the engine answers where a container was removed, or is being removed, by somebody else."""

LIMITS: dict[str, Any] = {
    "pids_limit": 512,
    "mem_limit": "2g",
    "log_config": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "1"}},
}
"""What keeps a container that forks, eats memory or floods its log from harming the machine."""


@contextmanager
def launched(image: str, *, awaited: bool = True, **options: Any) -> Iterator[DockerContainer]:  # noqa: ANN401
    """A container of the engine's for the length of a block.

    Args:
        image: the image.
        awaited: whether the block ends only once the container is gone; `settle` removes the others.
        options: passed to the Docker SDK's `containers.create`.

    Raises:
        PlimsollError: the engine could not start it.

    """
    options = {**LIMITS, **options, "labels": {**ownership.labels(), **options.get("labels", {})}}
    try:
        created = engine.client().containers.create(image, detach=True, **options)
    except sdk.APIError as error:
        raise PlimsollError(f"{image} can't be started: {error.explanation}", "give it a command to run") from error
    try:
        try:
            created.start()
        except sdk.APIError as error:
            raise PlimsollError(
                f"{image} can't be started: {error.explanation}", "fix its ENTRYPOINT or CMD"
            ) from error
        yield created
    finally:
        if awaited:
            remove(created)
        else:
            _end(created)


def remove(container: DockerContainer) -> None:
    """Remove a container with its volumes, running or not; one that is gone, or is just being removed, is no error."""
    try:
        container.remove(force=True, v=True)
    except sdk.APIError as error:
        if error.status_code not in GONE:
            raise
    except sdk.RequestException:
        # The engine has gone, and takes what it had with it, or has it still: whoever cleans up at the end tells.
        return


_ended: list[DockerContainer] = []


def _end(container: DockerContainer) -> None:
    """Kill a container that is to be removed together with others; nobody waits for that."""
    if sys.is_finalizing():
        # No thread begins any more, for which Python 3.11 would wait for ever; and nobody removes it later.
        remove(container)
        return
    killing = threading.Thread(target=_kill, args=[container])
    # At the end of a process there are no new threads: its removal is its end.
    with suppress(RuntimeError):
        killing.start()
    _ended.append(container)


def _kill(container: DockerContainer) -> None:
    with suppress(sdk.APIError, sdk.RequestException):  # it has ended by itself, or is gone
        container.kill()


MANY = 24
"""Containers that have ended after which they are removed together, though there is more to come."""


def settle(unless_fewer_than: int = 1) -> None:
    """Remove every container of which a block has ended, all at once.

    With each removal the engine looks through all that it keeps for what nobody needs any more, which takes it half a
    second where much was built; for those that come while it looks it does so once.

    Args:
        unless_fewer_than: with as many as that they are removed, with fewer only later.

    """
    if len(_ended) < unless_fewer_than:
        return
    gone = [_ended.pop() for _ in range(len(_ended))]
    # The last one without a thread: at the very end of a process there are no new ones.
    others = [threading.Thread(target=remove, args=[each]) for each in gone[1:]]
    for other in others:
        other.start()
    for each in gone[:1]:
        remove(each)
    for other in others:
        other.join()


ISOLATED = f"plimsoll-isolated-{ownership.RUN}-{os.getpid()}"
"""The network of this process that leads nowhere: a run has more than one process, each with an end of its own."""

_one_at_a_time = threading.Lock()

_open = ExitStack()


def isolated() -> str:
    """The name of that network, which is made where it is missing."""
    networks = engine.client().networks
    with _one_at_a_time:
        if not networks.list(names=[ISOLATED]):
            _open.callback(networks.create(ISOLATED, driver="bridge", internal=True, labels=ownership.labels()).remove)
    return ISOLATED


def close() -> None:
    """Remove that network, if it was made, once nothing is in it."""
    settle()
    _open.close()
