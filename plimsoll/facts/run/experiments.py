"""What is done to a container of its own to learn how it bears it: facts, judged by rules."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll import engine
from plimsoll.errors import NotJudgedError, PlimsollError
from plimsoll.facts.run import container
from plimsoll.facts.run.answer import Connection, NoAnswerError
from plimsoll.facts.run.trial import LAST_LINES, Trial, poll_until, trial

if TYPE_CHECKING:
    from plimsoll.expectations import Endpoint
    from plimsoll.facts.run.outside import Outside
    from plimsoll.subject import Variant

ROUNDS = 50
"""How often every endpoint is asked to see how much memory that takes."""

STRAIN = 5.0
"""Seconds after which it has been asked enough, where its answers take long."""

AT_ONCE = 8
"""Requests that are then under way together."""

DEFAULT_MEMORY = 256 * 10**6
"""Bytes that a server may hold for which plimsoll.toml names no limit."""

RESTART_TIMEOUT = 20.0
"""Seconds that a killed server may take until it answers again."""

WITHOUT_CONFIGURATION = 15.0
"""Seconds in which a program must have noticed that it is not told what it needs."""


@dataclass(frozen=True)
class MemoryUse:
    """What memory a server needs.

    Attributes:
        limit: the bytes that it had.
        peak: the most that it held; 0 where it ended too early to tell.
        killed: how many of its processes were killed for want of memory.
        problem: why it does not serve, empty where it does.

    """

    limit: int
    peak: int
    killed: int
    problem: str = ""


def under_memory_limit(variant: Variant, outside: Outside) -> MemoryUse:
    """Ask every endpoint many times while memory is limited.

    Raises:
        NotJudgedError: the engine limits nothing.

    """
    if not engine.info()["MemoryLimit"]:
        raise NotJudgedError("the engine limits no memory, as a rootless one without cgroup v2 can't")
    limit = variant.expected.memory or DEFAULT_MEMORY
    with container.of(variant, variant.image, mem_limit=limit, memswap_limit=limit) as running:
        tried = Trial(variant, running)
        kept = threading.local()

        def decided() -> bool:
            return not running.state()["Running"] or outside.memory(running)[1] > 0 or tried.answers_now

        def ask(endpoint: Endpoint) -> None:
            if time.monotonic() < deadline:
                # Kept open from one request to the next, where the server keeps it.
                kept.connection = getattr(kept, "connection", None) or Connection(running.connect)
                with suppress(NoAnswerError, PlimsollError):
                    running.request(endpoint, over=kept.connection)

        answers = poll_until(decided, variant.patience) and outside.memory(running)[1] == 0 and tried.answers_now
        deadline = time.monotonic() + STRAIN
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(ask, variant.endpoints * ROUNDS if answers else []))
        state = running.state()
        if not state["Running"]:
            said = running.logs(LAST_LINES)
            return MemoryUse(limit, 0, int(state["OOMKilled"]), f"it ended with exit code {state['ExitCode']}:\n{said}")
        return MemoryUse(limit, *outside.memory(running), "" if answers else "it did not come to answer")


def restarted_after_kill(variant: Variant, outside: Outside) -> str:
    """Why a server that was killed does not serve again under its restart policy, empty where it does."""
    policy = {"Name": "on-failure", "MaximumRetryCount": 2}
    with trial(variant, restart_policy=policy) as tried:
        running = tried.container
        outside.kill(running)

        def decided() -> bool:
            state = running.state()
            restarted = running.container.attrs["RestartCount"] > 0
            return restarted and (state["Status"] == "exited" or (state["Running"] and tried.answers_now))

        if poll_until(decided, RESTART_TIMEOUT + variant.start_period) and running.state()["Running"]:
            return ""
        state, said = running.state(), running.logs(LAST_LINES)
        return f"killed and started again, it is {state['Status']} with exit code {state['ExitCode']}:\n{said}"


def offline(variant: Variant) -> str:
    """Why a server does not serve that has no network but its own loopback, empty where it does."""
    path = variant.endpoints[0].path if variant.endpoints else ""
    with container.of(variant, variant.image, network_mode="none") as running:
        if running.comes_to_answer(path, variant.patience):
            return ""
        state, said = running.state(), running.logs(LAST_LINES)
        how = "it does not answer" if state["Running"] else f"it ends with exit code {state['ExitCode']}"
        return f"{how} where there is no network:\n{said}"


@dataclass(frozen=True)
class WithoutEnvironment:
    """What a program does that is not told what plimsoll.toml says it is told.

    Attributes:
        code: its exit code; None where it goes on.
        unmet: where it goes on, the endpoints that it does not answer as promised.
        said: its last lines.

    """

    code: int | None
    unmet: tuple[tuple[str, str], ...]
    said: str


def without_environment(variant: Variant) -> WithoutEnvironment:
    """Start a server without the environment that it is otherwise started with."""
    with container.of(variant, variant.image, environment={}) as running:
        tried = Trial(variant, running)
        poll_until(
            lambda: not running.state()["Running"] or tried.answers_now, WITHOUT_CONFIGURATION + variant.start_period
        )
        state = running.state()
        if state["Running"]:
            return WithoutEnvironment(None, tried.asked.unmet, running.logs(LAST_LINES))
        return WithoutEnvironment(int(state["ExitCode"]), (), running.logs(LAST_LINES))
