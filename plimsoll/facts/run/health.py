"""What an image's own health check says of a container: while it is well, while it hangs, and afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import container
from plimsoll.facts.run.trial import SOON, poll_until

if TYPE_CHECKING:
    from plimsoll.facts.run.container import Container
    from plimsoll.facts.run.outside import Outside
    from plimsoll.facts.run.trial import Trial
    from plimsoll.subject import Variant

SECOND = 10**9
"""Nanoseconds, in which the engine counts."""

INTERVAL = 0.5
"""Seconds between two probes: images say ten or thirty, which nobody wants to wait for."""

LONGEST = 3.0
"""Seconds that a probe may take, where its image gives it more."""

LEAST = 0.5
TIMES = 5
"""A probe that takes more than so many seconds, and so many times as long as before, waits for a frozen server."""

HEALTHY, UNHEALTHY = "healthy", "unhealthy"


def _own(image: str) -> dict[str, Any]:
    return engine.client().images.get(image).attrs["Config"].get("Healthcheck") or {}


def quickened(image: str) -> dict[str, Any]:
    """Options under which an image's own health check runs often, and its first failure counts."""
    own = _own(image)
    if (own.get("Test") or ["NONE"])[0] == "NONE":
        return {}
    timeout = min(own.get("Timeout") or LONGEST * SECOND, LONGEST * SECOND)
    # Without a test of its own, this one inherits the image's.
    return {
        "healthcheck": {
            "interval": int(INTERVAL * SECOND),
            "timeout": int(timeout),
            "retries": 1,
            "start_period": SECOND // 1000,
        }
    }


@dataclass(frozen=True)
class Health:
    """What a container's health check says.

    Attributes:
        status: `healthy`, `unhealthy`, `starting`, or `none` where it has no check.
        said: what its last probe printed.

    """

    status: str
    said: str = ""


def _now(running: Container) -> Health:
    health = running.state().get("Health") or {}
    last = (health.get("Log") or [{}])[-1]
    return Health(str(health.get("Status") or "none"), str(last.get("Output", "")).strip())


def settled(tried: Trial) -> Health:
    """What it says of a container that serves, within the time that the image asks for."""
    running = tried.container
    patience = (_own(tried.variant.image).get("StartPeriod") or 0) / SECOND + SOON + LONGEST
    poll_until(lambda: _now(running).status in {"healthy", "none"}, patience)
    return _now(running)


@dataclass(frozen=True)
class Frozen:
    """What the health check says of a container whose every process is frozen.

    Attributes:
        before: when they ran.
        during: while they were frozen.
        after: when they ran again.

    """

    before: str
    during: str
    after: str


def freeze(running: Container, before: Health, outside: Outside) -> Frozen:
    """Freeze a container's processes and let them go again; a frozen server's connections are still accepted.

    Its probe is run by us, as the engine runs it, since that waits between two: what answers well soon answers well.
    """
    if before.status != HEALTHY:
        return Frozen(before.status, before.status, before.status)
    probe = _probe(running)
    begun = time.monotonic()
    running.passes(probe, LONGEST)
    patience = min(max(LEAST, TIMES * (time.monotonic() - begun)), LONGEST)
    outside.signal(running, "STOP")
    try:
        during = HEALTHY if running.passes(probe, patience) else UNHEALTHY
    finally:
        outside.signal(running, "CONT")
    again = poll_until(lambda: running.passes(probe, LONGEST), 2 * (INTERVAL + LONGEST))
    return Frozen(before.status, during, HEALTHY if again else UNHEALTHY)


def deserted(variant: Variant, before: Health) -> bool:
    """Whether a check that says that a server is well passes in a container in which nothing but the check runs."""
    if before.status != HEALTHY:
        return False
    first, *rest = _command(engine.client().images.get(variant.image).attrs["Config"])
    off = {"test": ["NONE"]}
    try:
        with container.of(variant, variant.image, entrypoint=[first], command=rest, healthcheck=off) as alone:
            ended = poll_until(lambda: not alone.state()["Running"], LONGEST + SOON)
            return ended and alone.state()["ExitCode"] == 0
    except PlimsollError:
        # What can't be started does not pass.
        return False


def _probe(running: Container) -> list[str]:
    """The command by which a container's health is probed."""
    return _command(running.container.attrs["Config"])


def _command(configuration: dict[str, Any]) -> list[str]:
    kind, *words = configuration["Healthcheck"]["Test"]
    return words if kind == "CMD" else [*(configuration.get("Shell") or ["/bin/sh", "-c"]), *words]
