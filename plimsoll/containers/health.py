"""What an image's own health check says of a container: while it is well, while it hangs, and afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plimsoll import engine
from plimsoll.containers.trial import SOON, comes

if TYPE_CHECKING:
    from plimsoll.containers.container import Container
    from plimsoll.containers.outside import Outside
    from plimsoll.containers.trial import Trial

SECOND = 10**9
"""Nanoseconds, in which the engine counts."""

INTERVAL = 0.5
"""Seconds between two probes: images say ten or thirty, which nobody wants to wait for."""

LONGEST = 3.0
"""Seconds that a probe may take, where its image gives it more."""


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
    comes(lambda: _now(running).status in {"healthy", "none"}, patience)
    return _now(running)


@dataclass(frozen=True)
class Hang:
    """What the health check says of a container whose every process is frozen.

    Attributes:
        before: when they ran.
        during: while they were frozen.
        after: when they ran again.

    """

    before: str
    during: str
    after: str


def hang(running: Container, before: Health, outside: Outside) -> Hang:
    """Freeze a container's processes and let them go again; a frozen server's connections are still accepted."""
    patience = 2 * (INTERVAL + LONGEST)
    outside.signal(running, "STOP")
    try:
        comes(lambda: _now(running).status != "healthy", patience)
        during = _now(running).status
    finally:
        outside.signal(running, "CONT")
    comes(lambda: _now(running).status == before.status, patience)
    return Hang(before.status, during, _now(running).status)
