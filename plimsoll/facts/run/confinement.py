"""What a container bears of what whoever deploys it may take away: all of it together, and singly where that fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plimsoll.facts.run.container import LEAST_PRIVILEGE
from plimsoll.facts.run.trial import trial

if TYPE_CHECKING:
    from plimsoll.facts.run.trial import Answers
    from plimsoll.subject import Variant

RESTRICTIONS = {
    "its root file system is read-only": ("read_only", "tmpfs"),
    "all capabilities are dropped": ("cap_drop",),
    "no new privileges are allowed": ("security_opt",),
    "it runs as any user, in group 0": ("user",),
}
"""What each of the options of `LEAST_PRIVILEGE` means."""

MOUNTED = "mode=1777,size=256m"
"""A folder that is promised to be writable: of memory, for any user."""

WRITING = (next(iter(RESTRICTIONS)), "")
"""The restrictions that keep it from writing: the first, and all together."""

AT_ONCE = 2
"""Containers that are tried together."""

PATIENCE = 10.0
"""Seconds that each of them may take until it serves, where its image takes no longer."""


@dataclass(frozen=True)
class Failure:
    """What does not work under a restriction.

    Attributes:
        place: the endpoint; empty where it does not serve at all.
        restriction: what was taken away; empty where only all of it together is too much.
        what: what came instead.

    """

    place: str
    restriction: str
    what: str


def least_privilege(variant: Variant, answers: Answers) -> list[Failure]:
    """What does not work under the least privilege that an engine can give, by the restriction that breaks it.

    Args:
        variant: what is started.
        answers: what works, and what does not, without any restriction.

    """
    given = {"tmpfs": dict.fromkeys(variant.expected.writable, MOUNTED)}
    together = _failures(variant, answers, _with(LEAST_PRIVILEGE, given))
    if not together:
        return []
    hurried = replace(variant, patience=min(variant.patience, PATIENCE))

    def alone(restriction: str) -> list[Failure]:
        options = {name: LEAST_PRIVILEGE[name] for name in RESTRICTIONS[restriction]}
        found = _failures(hurried, answers, _with(options, given))
        return [Failure(place, restriction, what) for place, what in found]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [failure for failures in pool.map(alone, RESTRICTIONS) for failure in failures]
    return found or [Failure(place, "", what) for place, what in together]


def _with(options: dict[str, Any], given: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Options of a container with mounts beside those that they have."""
    return options | {name: options.get(name, {}) | mounts for name, mounts in given.items()}


def _failures(variant: Variant, answers: Answers, options: dict[str, Any]) -> list[tuple[str, str]]:
    with trial(variant, **options) as tried:
        return [failure for failure in tried.asked.failures if failure not in answers.failures]
