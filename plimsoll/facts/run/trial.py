"""A container on trial: started, waited for, and asked what it promises to answer."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plimsoll.errors import PlimsollError
from plimsoll.expectations import Endpoint
from plimsoll.facts.run import container, readiness
from plimsoll.facts.run.answer import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plimsoll.facts.run.answer import Answer
    from plimsoll.facts.run.container import Container
    from plimsoll.subject import Variant

ANYTHING = Endpoint(path="/")
"""What is asked of a server of which no endpoint is known."""

SOON = 3.0
"""Seconds in which what follows an event by itself must have come."""

LAST_LINES = 20


@dataclass(frozen=True)
class Answers:
    """What a container answers.

    Attributes:
        problem: why it does not serve, empty where it does.
        code: the exit code with which it ended by itself; None where it did not.
        starved: whether it was killed for want of memory.
        said: its last lines, where it does not serve.
        port: on which it serves.
        unmet: the endpoints that are not answered as promised, each with what came instead.
        met: those that are.

    """

    problem: str = ""
    code: int | None = None
    starved: bool = False
    said: str = ""
    port: int | None = None
    unmet: tuple[tuple[str, str], ...] = ()
    met: tuple[Endpoint, ...] = ()

    @property
    def failures(self) -> list[tuple[str, str]]:
        """All that is wrong, each with its place."""
        return [("", self.problem)] if self.problem else list(self.unmet)


class Trial:
    """A container and what it answers.

    Args:
        variant: what it is a container of.
        running: the container; None where the engine could not start it.
        problem: why it does not serve, empty where it does.

    """

    def __init__(self, variant: Variant, running: Container | None, problem: str = "") -> None:
        self.variant = variant
        self.problem = problem
        self._running = running

    @property
    def container(self) -> Container:
        """The container.

        Raises:
            PlimsollError: it does not serve.

        """
        if self._running is None or self.problem:
            raise PlimsollError(self.problem, "fix that first")
        return self._running

    @cached_property
    def asked(self) -> Answers:
        """What it answers, asked once for all that it promises; for anything where nothing is known."""
        endpoints = self.variant.endpoints
        wrong: list[str] = []
        if not self.problem:
            try:
                wrong = [_wrong(self.container, each) for each in endpoints]
                if not endpoints:
                    _ask_anything(self.container)
            except PlimsollError as error:
                self.problem = f"it began to serve, and when it was asked {error}"
        if self.problem:
            return self._failed()
        return Answers(
            port=self.container.port,
            unmet=tuple(
                (f"{each.method} {each.path}", what) for each, what in zip(endpoints, wrong, strict=True) if what
            ),
            met=tuple(each for each, what in zip(endpoints, wrong, strict=True) if not what),
        )

    def _failed(self) -> Answers:
        if self._running is None:
            return Answers(self.problem)
        state, said = self._running.state(), self._running.logs(LAST_LINES)
        code = None if state["Running"] else int(state["ExitCode"])
        return Answers(self.problem, code, bool(state["OOMKilled"]), said)

    def use(self) -> Container:
        """The container, after it has been asked once for all that it promises, or for anything."""
        self.asked  # noqa: B018 - asks
        return self.container

    @property
    def answers_now(self) -> bool:
        """Whether it answers now: by HTTP where endpoints are promised, else by accepting a connection."""
        if self._running is None:
            return False
        try:
            if not self.variant.endpoints:
                return self._running.accepts()
            self._running.request(self.variant.endpoints[0], SOON)
        except (NoAnswerError, PlimsollError):
            return False
        return True


@contextmanager
def trial(variant: Variant, **options: Any) -> Iterator[Trial]:  # noqa: ANN401
    """A container of a variant for the length of a block, waited for until it serves."""
    begun = False
    try:
        with container.of(variant, variant.image, **options) as running:
            try:
                readiness.wait(running, variant)
                problem = ""
            except PlimsollError as error:
                problem = str(error)
            begun = True
            yield Trial(variant, running, problem)
    except PlimsollError as error:
        if begun:
            raise
        yield Trial(variant, None, str(error))


def poll_until(condition: Callable[[], bool], timeout: float = SOON) -> bool:
    """Whether a condition comes true in time."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(container.POLL)
    return True


def _ask_anything(running: Container) -> None:
    """Ask a server for anything.

    Raises:
        PlimsollError: it has ended of that.

    """
    with suppress(NoAnswerError):
        running.request(ANYTHING)
    if not running.accepts():
        poll_until(lambda: not running.state()["Running"])
        running.process  # noqa: B018 - tells that it has exited


def _wrong(running: Container, endpoint: Endpoint) -> str:
    """What is wrong with the answer to an endpoint, empty where nothing is."""
    try:
        answer = running.request(endpoint)
    except NoAnswerError as error:
        return f"gave no answer, {error}"
    if answer.status != endpoint.status:
        return f"gave {answer.status}, expected {endpoint.status}, with {answer.text[:200]!r}"
    if endpoint.answer is not None and (given := _json(answer)) != endpoint.answer:
        return f"gave {given!r}, expected {endpoint.answer!r}"
    if endpoint.contains is not None and endpoint.contains not in answer.text:
        return f"gave {answer.text[:200]!r}, expected it to contain {endpoint.contains!r}"
    kind = str(answer.headers.get("content-type", ""))
    if endpoint.content_type is not None and not kind.startswith(endpoint.content_type):
        return f"gave content type {kind!r}, expected {endpoint.content_type!r}"
    return ""


def _json(answer: Answer) -> object:
    try:
        return answer.json()
    except ValueError:
        return answer.text[:200]
