"""Running containers: started for a test, waited for with a bound, and gone afterwards."""

from __future__ import annotations

import re
import time
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from plimsoll import sdk
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import answer, command, helper, launch
from plimsoll.facts.run.command import Command
from plimsoll.facts.run.forward import Forward
from plimsoll.subject import READY_TIMEOUT

if TYPE_CHECKING:
    import http.client
    import socket
    from collections.abc import Callable, Iterator

    from docker.models.containers import Container as DockerContainer

    from plimsoll.expectations import Endpoint
    from plimsoll.facts.run.answer import Answer
    from plimsoll.subject import Variant

    Ports = int | tuple[int, ...] | None

GRACE = 10
"""Seconds between SIGTERM and SIGKILL: what `docker stop` gives."""

REQUEST_TIMEOUT = 10.0
"""Seconds that one request may take."""

POLL = 0.05
"""Seconds between two looks at something that is waited for."""

LOOPBACK = "127.0.0.1"

LEAST_PRIVILEGE: dict[str, Any] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "user": "54321:0",
    "tmpfs": {"/tmp": "mode=1777,size=16m"},  # noqa: S108 - the container's, not ours
}
"""As tightly as a container can be run: nothing writable, no capability, any user, in the group that clusters give."""


@dataclass(frozen=True)
class Stop:
    """How a container ended.

    Attributes:
        code: its exit code; 137 means that it had to be killed.
        seconds: from the signal to its end.
        logs: what it had printed.
        signal: by which it was told to.

    """

    code: int
    seconds: float
    logs: str
    signal: str = "SIGTERM"


class Container:
    """A started container and how to speak to it."""

    def __init__(self, image: str, container: DockerContainer, port: Ports) -> None:
        self.image = image
        self.container = container
        self._ports = (port,) if isinstance(port, int) else port or ()
        self.port = next(iter(self._ports), None)
        self._forward: Forward | None = None

    @property
    def id(self) -> str:
        """The engine's identity of it."""
        return str(self.container.id)

    def state(self) -> dict[str, Any]:
        """Its state as the engine tells it now."""
        self.container.reload()
        return cast("dict[str, Any]", self.container.attrs["State"])

    def logs(self, lines: int | Literal["all"] = "all") -> str:
        """What it printed on both streams; of its last lines, where only they are asked for, the beginning of each.

        Raises:
            PlimsollError: somebody removed it meanwhile.

        """
        try:
            said = self.container.logs(tail=lines).decode(errors="replace").strip()
        except sdk.APIError as error:
            cause = f"the container of {self.image} was removed from outside"
            raise PlimsollError(cause, "leave it until the run has ended") from error
        return said if lines == "all" else re.sub(r"(.{500}).+", r"\1...", said)

    @property
    def stop_signal(self) -> str:
        """The signal by which the engine tells it to stop."""
        return str(self.container.attrs["Config"].get("StopSignal") or "SIGTERM")

    @property
    def process(self) -> int:
        """The machine's number of its first process.

        Raises:
            PlimsollError: it has exited.

        """
        state = self.state()
        # What has ended has the number 0, which means the sender itself and all others to whoever sends a signal.
        if not (state["Running"] and state["Pid"]):
            raise self._exited()
        return int(state["Pid"])

    @property
    def address(self) -> str:
        """Its address in its own network, which means nothing, or somebody else, from anywhere else."""
        networks = self.container.attrs["NetworkSettings"]["Networks"].values()
        return next((network["IPAddress"] for network in networks if network["IPAddress"]), LOOPBACK)

    def connect(self) -> socket.socket:
        """A connection with its port, made within its own network.

        Raises:
            ConnectionRefusedError: it does not accept one.
            PlimsollError: it has exited, or listens on no port that is known.

        """
        process = self.process
        return helper.helper().connect(process, self.address, self._known_port())

    @property
    def url(self) -> str:
        """An address of this machine that leads to its port, without a trailing slash.

        Raises:
            PlimsollError: it has exited, or listens on no port that is known.

        """
        self._known_port()
        if not self.state()["Running"]:
            raise self._exited()
        self._forward = self._forward or Forward(self.connect)
        return f"http://{LOOPBACK}:{self._forward.port}"

    def close(self) -> None:
        """Give up the address of this machine."""
        if self._forward:
            self._forward.close()

    def request(
        self, endpoint: Endpoint, timeout: float = REQUEST_TIMEOUT, over: http.client.HTTPConnection | None = None
    ) -> Answer:
        """The answer to one endpoint.

        Args:
            endpoint: what is asked.
            timeout: seconds after which what has come of the answer is the answer.
            over: a connection that was made before; a new one where there is none.

        Raises:
            NoAnswerError: none came.
            PlimsollError: it has exited, or listens on no port that is known.

        """
        if over is not None:
            return answer.ask(over, endpoint, timeout)
        connection = answer.Connection(self.connect)
        try:
            return answer.ask(connection, endpoint, timeout)
        finally:
            connection.close()

    def comes_to_answer(self, path: str, timeout: float) -> bool:
        """Whether it comes to answer within its own network, and on which of several ports, which is its own then.

        Args:
            path: what to ask for by HTTP; empty where it is enough that it accepts a connection.
            timeout: seconds that it may take.

        """
        ports = self._ports if self._known_port() in self._ports else (self._known_port(),)
        found = helper.helper().sees_answer(self.process, self.address, ports, path, timeout)
        self.port = found or self.port
        return found is not None

    def _known_port(self) -> int:
        if self.port is None:
            raise PlimsollError("it listens on no port that is known", "name it in plimsoll.toml: `port = 8080`")
        return self.port

    def wait_until(self, what: str, condition: Callable[[], bool], timeout: float = READY_TIMEOUT) -> None:
        """Wait for a condition.

        Raises:
            PlimsollError: it did not come true in time, or the container exited; its last lines are told.

        """
        deadline = time.monotonic() + timeout
        while not condition():
            if not self.state()["Running"]:
                raise self._exited()
            if time.monotonic() > deadline:
                raise self.too_late(what, timeout)
            time.sleep(POLL)

    def wait_until_answering(self, timeout: float = READY_TIMEOUT, path: str = "/") -> None:
        """Wait until it answers HTTP at all, with whatever status; with an empty path, until it accepts a connection.

        Raises:
            PlimsollError: it did not in time, or the container exited; its last lines are told.

        """
        if not self.comes_to_answer(path, timeout):
            self.process  # noqa: B018 - tells that it has exited
            raise self.too_late("answered" if path else f"accepted a connection on port {self.port}", timeout)

    def passes(self, words: list[str], timeout: float) -> bool:
        """Whether a command in it ends well, and in time.

        Args:
            words: its program and arguments.
            timeout: seconds that it may take; what takes longer is left to itself.

        """
        running = Command(self.container, words)
        with command.bounded(running, timeout):
            for _ in running.output():
                pass
        running.close()
        return running.code == 0

    def accepts(self) -> bool:
        """Whether its port accepts a connection now."""
        try:
            self.connect().close()
        except (OSError, PlimsollError):
            return False
        return True

    def stop(self, grace: int = GRACE) -> Stop:
        """Stop it as `docker stop` does."""
        begun = time.monotonic()
        self.container.stop(timeout=grace)
        seconds = time.monotonic() - begun
        return Stop(int(self.state()["ExitCode"]), seconds, self.logs(), self.stop_signal)

    def wait(self, timeout: float = READY_TIMEOUT) -> int:
        """Its exit code, once it has ended by itself."""
        return int(self.container.wait(timeout=timeout)["StatusCode"])

    def too_late(self, what: str, timeout: float) -> PlimsollError:
        """That something did not come to pass in time (seconds), with its last lines."""
        return PlimsollError(f"it has not {what} within {timeout:.0f} s", self.last_words())

    def _exited(self) -> PlimsollError:
        code = self.container.attrs["State"]["ExitCode"]
        return PlimsollError(f"it exited with code {code}", self.last_words())

    def last_words(self) -> str:
        """Its last lines, or that there are none, for people."""
        lines = self.logs(15).splitlines()
        return "\n".join(["its last lines are", *(f"    {line}" for line in lines)]) if lines else "it said nothing"


@contextmanager
def started(image: str, *, port: Ports = None, isolated: bool = False, **options: Any) -> Iterator[Container]:  # noqa: ANN401
    """A container for the length of a block, removed afterwards whatever happens.

    Args:
        image: the image.
        port: the port of it on which it is spoken to, or those of which it is one, the likeliest first.
        isolated: keep it from every network but one of its own.
        options: passed to the Docker SDK's `containers.create`.

    Raises:
        PlimsollError: the engine could not start it.

    """
    if isolated:
        options["network"] = launch.isolated()
    with launch.launched(image, **options) as created, closing(Container(image, created, port)) as running:
        yield running


def of(variant: Variant, image: str, **options: Any) -> AbstractContextManager[Container]:  # noqa: ANN401
    """A container of a variant, started as its plimsoll.toml says, unless the options say otherwise."""
    expected = variant.expected
    isolated = variant.isolated and "network_mode" not in options
    options = {"environment": expected.environment, "command": expected.command, "awaited": False, **options}
    return started(image, port=variant.ports or expected.port, isolated=isolated, **options)
