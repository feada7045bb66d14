"""Running containers: started for a test, waited for with a bound, and gone afterwards."""

from __future__ import annotations

import os
import socket
import time
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

import requests
import testinfra
from docker.errors import APIError
from docker.types import LogConfig

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.project.app import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docker.models.containers import Container as DockerContainer
    from testinfra.host import Host

    from plimsoll.project.app import Variant
    from plimsoll.project.expectations import Endpoint

HELPER = "debian:trixie-slim"
"""The image whose tools look into images that have none."""

LABEL = "plimsoll.run"
ENVIRONMENT = "PLIMSOLL_RUN"
RUN = os.environ.setdefault(ENVIRONMENT, str(os.getpid()))
"""The run that started a container: the process id of the command, shared with the workers it starts."""

START_TIMEOUT = PATIENCE
"""Seconds that a container may take until it answers, or turns healthy."""

GRACE = 10
"""Seconds between SIGTERM and SIGKILL: what `docker stop` gives."""

REQUEST_TIMEOUT = 10.0
"""Seconds that one request may take."""

GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}
"""What the engine answers where a container was removed, or is being removed, by somebody else."""

POLL = 0.05
"""Seconds between two looks at something that is waited for."""

LEAST_PRIVILEGE: dict[str, Any] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "user": "54321:54321",
    "tmpfs": {"/tmp": "mode=1777,size=16m"},  # noqa: S108 - the container's, not ours
}
"""As tightly as a container can be run: nothing writable, no capability, and a user that no image knows."""

BOUNDS: dict[str, Any] = {
    "pids_limit": 512,
    "mem_limit": "2g",
    "log_config": LogConfig(type="json-file", config={"max-size": "10m", "max-file": "1"}),
}
"""What keeps a container that forks, eats memory or floods its log from harming the machine."""


@dataclass(frozen=True)
class Stop:
    """How a container ended.

    Attributes:
        code: its exit code; 137 means that it had to be killed.
        seconds: from the signal to its end.
        logs: what it had printed.

    """

    code: int
    seconds: float
    logs: str


class Container:
    """A started container and how to speak to it."""

    def __init__(self, image: str, container: DockerContainer, port: int | None) -> None:
        self.image = image
        self.container = container
        self.port = port

    @property
    def id(self) -> str:
        """The engine's identity of it."""
        return str(self.container.id)

    def state(self) -> dict[str, Any]:
        """Its state as the engine tells it now."""
        self.container.reload()
        state: dict[str, Any] = self.container.attrs["State"]
        return state

    def logs(self, lines: int | Literal["all"] = "all") -> str:
        """What it printed on both streams.

        Raises:
            PlimsollError: somebody removed it meanwhile.

        """
        try:
            return self.container.logs(tail=lines).decode(errors="replace").strip()
        except APIError as error:
            raise PlimsollError(
                f"the container of {self.image} was removed from outside", "leave it until the run has ended"
            ) from error

    @property
    def url(self) -> str:
        """Its address from this machine, without a trailing slash.

        Raises:
            PlimsollError: it has exited, or listens on no port that is known.

        """
        if not self.state()["Running"]:
            raise self._exited()
        if ISOLATED in self.container.attrs["NetworkSettings"]["Networks"]:
            return f"http://{self.address}:{self.port}"
        published = self.container.attrs["NetworkSettings"]["Ports"].get(f"{self.port}/tcp")
        if not published:
            raise PlimsollError(f"{self.image} publishes no port", "name it in plimsoll.toml: `port = 8080`")
        return f"http://127.0.0.1:{published[0]['HostPort']}"

    @property
    def address(self) -> str:
        """Its own IP address, which this machine reaches where the engine is a local one on Linux."""
        networks = self.container.attrs["NetworkSettings"]["Networks"].values()
        return next((network["IPAddress"] for network in networks if network["IPAddress"]), "")

    def request(self, endpoint: Endpoint, timeout: float = REQUEST_TIMEOUT) -> requests.Response:
        """The answer to one endpoint; redirects are not followed."""
        return requests.request(
            endpoint.method,
            self.url + endpoint.path,
            headers=endpoint.headers,
            data=endpoint.body,
            timeout=timeout,
            allow_redirects=False,
        )

    def wait_until(self, what: str, condition: Callable[[], bool], timeout: float = START_TIMEOUT) -> None:
        """Wait for a condition.

        Raises:
            PlimsollError: it did not come true in time, or the container exited; its last lines are told.

        """
        deadline = time.monotonic() + timeout
        while not condition():
            if not self.state()["Running"]:
                raise self._exited()
            if time.monotonic() > deadline:
                raise PlimsollError(
                    f"{self.image} {what} not within {timeout:.0f} s", f"its last lines are\n{self._tail()}"
                )
            time.sleep(POLL)

    def wait_until_answering(self, timeout: float = START_TIMEOUT) -> None:
        """Wait until it answers HTTP at all, with whatever status."""

        def answers() -> bool:
            try:
                requests.get(self.url, timeout=REQUEST_TIMEOUT)
            except requests.RequestException:
                return False
            return True

        self.wait_until("answered", answers, timeout)

    def wait_until_ready(self, variant: Variant) -> None:
        """Wait until a server serves: by HTTP where endpoints are promised, else until its port accepts."""
        timeout = variant.patience
        if variant.expected.serves and variant.endpoints:
            self.wait_until_answering(timeout)
        elif variant.expected.serves and self.port:
            self.wait_until(f"accepted a connection on port {self.port}", self.accepts, timeout)

    def accepts(self) -> bool:
        """Whether its port accepts a connection now."""
        try:
            socket.create_connection((self.address, self.port or 0), timeout=POLL * 10).close()
        except OSError:
            return False
        return True

    def stop(self, grace: int = GRACE) -> Stop:
        """Stop it as `docker stop` does."""
        begun = time.monotonic()
        self.container.stop(timeout=grace)
        seconds = time.monotonic() - begun
        return Stop(int(self.state()["ExitCode"]), seconds, self.logs())

    def wait(self, timeout: float = START_TIMEOUT) -> int:
        """Its exit code, once it has ended by itself."""
        return int(self.container.wait(timeout=timeout)["StatusCode"])

    def _exited(self) -> PlimsollError:
        code = self.container.attrs["State"]["ExitCode"]
        return PlimsollError(f"{self.image} exited with code {code}", f"its last lines are\n{self._tail()}")

    def _tail(self) -> str:
        return "\n".join(f"    {line}" for line in (self.logs(15) or "(none)").splitlines())


@contextmanager
def started(image: str, *, port: int | None = None, isolated: bool = False, **options: Any) -> Iterator[Container]:  # noqa: ANN401
    """A container for the length of a block, removed afterwards whatever happens.

    Args:
        image: the image.
        port: a port of it to publish on a free port of 127.0.0.1.
        isolated: keep it from every network but one of its own, on which this machine reaches it.
        options: passed to the Docker SDK's `containers.run`.

    Raises:
        PlimsollError: the engine could not start it.

    """
    if isolated:
        options["network"] = _isolated()
    elif port and "network_mode" not in options:
        options["ports"] = {f"{port}/tcp": ("127.0.0.1", None)}
    options = {**BOUNDS, **options, "labels": {LABEL: RUN, **options.get("labels", {})}}
    try:
        created = engine.client().containers.create(image, detach=True, **options)
    except APIError as error:
        raise PlimsollError(f"{image} can't be started: {error.explanation}", "give it a command to run") from error
    try:
        try:
            created.start()
        except APIError as error:
            raise PlimsollError(
                f"{image} can't be started: {error.explanation}", "mend its ENTRYPOINT or CMD"
            ) from error
        yield Container(image, created, port)
    finally:
        remove(created)


def remove(container: DockerContainer) -> None:
    """Remove a container with its volumes, running or not; one that is gone, or is just being removed, is no error."""
    try:
        container.remove(force=True, v=True)
    except APIError as error:
        if error.status_code not in GONE:
            raise


def of(variant: Variant, image: str, **options: Any) -> AbstractContextManager[Container]:  # noqa: ANN401
    """A container of a variant, started as its plimsoll.toml says, unless the options say otherwise."""
    expected = variant.expected
    isolated = variant.isolated and "network_mode" not in options
    options = {"environment": expected.environment, "command": expected.command, **options}
    return started(image, port=expected.port, isolated=isolated, **options)


ISOLATED = f"plimsoll-isolated-{RUN}"
"""The network of this run that leads nowhere."""


def _isolated() -> str:
    networks = engine.client().networks
    if not networks.list(names=[ISOLATED]):
        networks.create(ISOLATED, driver="bridge", internal=True, labels={LABEL: RUN})
    return ISOLATED


@contextmanager
def beside(image: str, helper: str = HELPER) -> Iterator[Container]:
    """A helper container that sees an image's files, read-only, under /image.

    An image without a shell is looked into so, instead of giving it one.
    """
    # A plain document: the SDK's own Mount does not know this type yet.
    mount = {"Type": "image", "Source": image, "Target": "/image", "ReadOnly": True}
    with started(helper, command=["sleep", "infinity"], mounts=[mount], init=True, network_mode="none") as container:
        yield container


def inside(container: Container) -> Host:
    """Testinfra inside a container; it needs a shell there."""
    return testinfra.get_host(f"docker://{container.id}")
