"""Waiting for a server: how long its image asks for, on which port it comes to listen, when nobody need wait longer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from plimsoll.errors import PlimsollError
from plimsoll.facts.run import complaints, helper
from plimsoll.facts.run.outside import Outside

if TYPE_CHECKING:
    from plimsoll.facts.run.container import Container
    from plimsoll.subject import Variant

USUAL = 20.0
"""Seconds that a container is given that asks for no more."""

LONGEST = 300.0
"""Seconds that are waited at most, however many an image asks for."""

RETRIES = 3
"""How often a health check may fail that does not say how often."""

SECOND = 10**9
"""Nanoseconds, in which the engine counts."""

LOOK = 3.0
"""Seconds between two looks at what listens already; what is seen at two of them stays."""


def declared(check: dict[str, Any]) -> tuple[float, float]:
    """The seconds that a health check grants: until its container counts as unhealthy, and of these for its start."""
    if (check.get("Test") or ["NONE"])[0] == "NONE":
        return USUAL, 0.0
    start = (check.get("StartPeriod") or 0) / SECOND
    probe = ((check.get("Interval") or 0) + (check.get("Timeout") or 0)) / SECOND
    patience = start + (check.get("Retries") or RETRIES) * probe
    return min(max(USUAL, patience), LONGEST), min(start, LONGEST)


def wait(running: Container, variant: Variant) -> None:
    """Wait until a server serves: by HTTP where endpoints are promised, else until a port accepts a connection.

    Raises:
        PlimsollError: it does not in time, or is not going to.

    """
    if not (variant.expected.serves and (variant.endpoints or running.port)):
        return
    path = "/" if variant.endpoints else ""
    if not variant.ports:
        running.wait_until_answering(variant.patience, path)
        return
    begun = time.monotonic()
    before: dict[str, bool] = {}
    while not running.comes_to_answer(path, min(LOOK, variant.patience)):
        waited = time.monotonic() - begun
        now = Outside(helper.helper()).sockets(running)
        ready = _says_it_is_ready(running)
        if (ready or waited >= variant.start_period) and _settled(running, now, now if ready else before):
            return
        if waited >= variant.patience or (waited >= USUAL and complaints.wanted(running.logs())):
            raise running.too_late(f"accepted a connection on {_named(variant.ports)}", waited)
        before = now


def _settled(running: Container, now: dict[str, bool], before: dict[str, bool]) -> bool:
    """Whether it listens elsewhere for good, which is then its port.

    Raises:
        PlimsollError: it listens for good where nobody reaches it.

    """
    stays = {name: open_ for name, open_ in now.items() if name.endswith("/tcp") and before.get(name) is open_}
    numbers = sorted(int(name[:-4]) for name, reachable in stays.items() if reachable)
    if numbers:
        running.port = numbers[0]
        return True
    if stays:
        raise PlimsollError(
            f"it listens on {_named(sorted(int(name[:-4]) for name in stays))} of loopback only, "
            "where nothing outside of its container reaches it",
            f"let it listen on 0.0.0.0; {running.last_words()}",
        )
    return False


def _says_it_is_ready(running: Container) -> bool:
    return bool((running.state().get("Health") or {}).get("Status") == "healthy")


def _named(ports: tuple[int, ...] | list[int]) -> str:
    return f"port{'' if len(ports) == 1 else 's'} {', '.join(map(str, ports))}"
