"""Rules about the end of a container: told to stop, or killed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from plimsoll.facts.run.bounds import ENDS_WITHIN
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.facts.run.container import Stop
    from plimsoll.facts.run.experiments import GracefulShutdown
    from plimsoll.findings import Finding
    from plimsoll.subject import Variant


ENDED_BY_SIGTERM = 128 + signal.SIGTERM
"""How some say it that stop in good order, such as the JVM: without a handler, process 1 would not end of it at all."""


@rule(Level.ERROR, serves=True)
def stops_when_told(subject: Variant, stopped: Stop) -> list[Finding]:
    """A deployment stops every container; one that ignores SIGTERM loses requests and costs ten seconds each time."""
    how = "SIGKILL" if stopped.code == 137 else f"exit code {stopped.code}"
    found = []
    # A base may have named a signal that means something to its own program only.
    told = "" if stopped.signal == "SIGTERM" else f"told to stop by {stopped.signal}, as its STOPSIGNAL says, "
    # Whoever has a plimsoll.toml can waive this rule; a stranger's image is given the benefit of the doubt.
    if stopped.code not in ({0} if subject.ours else {0, ENDED_BY_SIGTERM}):
        last = f"its last lines are\n{stopped.logs[-500:]}"
        found.append(("", f"{told}it ended with {how} after {stopped.seconds:.1f} s, {last}"))
    elif stopped.seconds > ENDS_WITHIN:
        found.append(("", f"it took {stopped.seconds:.1f} s to end, {ENDS_WITHIN:.0f} s are plenty"))
    fix = "handle SIGTERM, end with exit code 0, and let the program be process 1 (exec form)"
    if stopped.signal != "SIGTERM":
        fix = f"say STOPSIGNAL SIGTERM, unless the program ends in good order at {stopped.signal}, as nginx does"
    return broken_at(found, fix=fix)


@rule(Level.ERROR, serves=True, production=True, endpoints=True)
def answers_requests_in_flight_when_stopped(graceful_shutdown: GracefulShutdown) -> list[Finding]:
    """A deployment stops a server in the middle of its work; who asked before that must not notice."""
    found = f"a request was half sent when {graceful_shutdown.signal} came, and {graceful_shutdown.problem}"
    return broken_at(
        [("", found)] if graceful_shutdown.problem else [],
        fix="finish what was begun before ending; name the signal that means it (nginx: STOPSIGNAL SIGQUIT)",
    )


@rule(Level.ERROR, serves=True, production=True)
def comes_back_after_kill(restarted_after_kill: str) -> list[Finding]:
    """The kernel kills what takes too much memory; what then finds its own orphans in the way stays down."""
    return broken_at(
        [("", restarted_after_kill)] if restarted_after_kill else [],
        fix="let nothing that a start refuses outlive the process: a lock (flock) goes with it, a pid file does not",
    )
