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
"""Seconds that a probe may take whose image does not say how many."""

MOST = 30.0
"""Seconds that one may take, however many its image says."""

LEAST = 0.5
TIMES = 5
"""A probe that takes more than so many seconds, and so many times as long as before, waits for a frozen server."""

HEALTHY, UNHEALTHY = "healthy", "unhealthy"


def _own(image: str) -> dict[str, Any]:
    return engine.client().images.get(image).attrs["Config"].get("Healthcheck") or {}


def _granted(own: dict[str, Any]) -> float:
    """The seconds that a check's probe may take."""
    return min((own.get("Timeout") or LONGEST * SECOND) / SECOND, MOST)


def quickened(image: str) -> dict[str, Any]:
    """Options under which an image's own health check runs often, and its first failure counts."""
    own = _own(image)
    if (own.get("Test") or ["NONE"])[0] == "NONE":
        return {}
    # Without a test of its own, this one inherits the image's.
    return {
        "healthcheck": {
            "interval": int(INTERVAL * SECOND),
            "timeout": int(_granted(own) * SECOND),
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
    own = _own(tried.variant.image)

    def decided() -> bool:
        return _now(running).status in {HEALTHY, "none"}

    patience = (own.get("StartPeriod") or 0) / SECOND + SOON + LONGEST
    if not poll_until(decided, patience) and len((running.state().get("Health") or {}).get("Log") or []) <= 1:
        # A probe is slow that has not come to a second word by now.
        poll_until(decided, _granted(own))
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
    probe, longest = _probe(running), _granted(_own(running.image))
    begun = time.monotonic()
    running.passes(probe, longest)
    patience = min(max(LEAST, TIMES * (time.monotonic() - begun)), longest)
    outside.signal(running, "STOP")
    try:
        during = HEALTHY if running.passes(probe, patience) else UNHEALTHY
    finally:
        outside.signal(running, "CONT")
    again = poll_until(lambda: running.passes(probe, longest), 2 * (INTERVAL + longest))
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
