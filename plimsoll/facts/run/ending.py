"""How a container ends that is told to stop: by which signal, who of its processes is told, in how much time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.facts.run import told
from plimsoll.facts.run.bounds import ENDS_WITHIN
from plimsoll.facts.run.told import Told
from plimsoll.facts.run.trial import trial

if TYPE_CHECKING:
    from plimsoll.facts.run.container import Container
    from plimsoll.facts.run.outside import Outside
    from plimsoll.subject import Variant

KILLED_AFTER = 6
"""Seconds after which one that was told to stop is killed."""

KILLED = 137
"""The exit code of what was killed."""

STOPS = 3
"""How often one is stopped that seems to take too long: other work on the machine only ever adds time."""


@dataclass(frozen=True)
class Ending:
    """How a container ended.

    Attributes:
        signal: by which it was told to stop.
        code: its exit code; 137 means that it had to be killed.
        seconds: from the signal to its end.
        logs: the last of what it had printed.
        told: who of its processes was told.

    """

    signal: str
    code: int
    seconds: float
    logs: str
    told: Told = field(default_factory=Told)

    @property
    def well(self) -> bool:
        """Whether its exit code says so."""
        return self.code in told.good_ends(self.signal)


def stop(variant: Variant, outside: Outside) -> Ending:
    """How a container ends when it is told to stop; the quickest of its ends, where the first takes long."""
    ends: list[Ending] = []
    while len(ends) < STOPS and all(end.seconds > ENDS_WITHIN for end in ends):
        with trial(variant) as tried:
            ends.append(_stopped(tried.container, outside))
        if ends[-1].code == KILLED and not ends[-1].told.handled:
            # What knows nothing of the signal never ends of it.
            break
    return min(ends, key=lambda end: end.seconds)


def _stopped(running: Container, outside: Outside) -> Ending:
    name = running.stop_signal
    try:
        # Its number first: what has no process any more has no family either.
        way = told.of(outside.family(running), running.process, name)
    except PlimsollError:
        way = Told()
    end = running.stop(KILLED_AFTER)
    return Ending(told.full_name(name), end.code, end.seconds, end.logs[-2000:], way)
