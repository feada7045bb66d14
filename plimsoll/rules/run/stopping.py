"""Rules about the end of a container: told to stop, or killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.run.bounds import ENDS_WITHIN
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.facts.run.ending import Ending
    from plimsoll.facts.run.flight import GracefulShutdown
    from plimsoll.findings import Finding
    from plimsoll.subject import Variant

KILLED = 137


@rule(Level.ERROR, serves=True)
def stops_when_told(subject: Variant, stopped: Ending) -> list[Finding]:
    """A deployment stops every container; one that ignores SIGTERM loses requests and costs ten seconds each time."""
    how = "SIGKILL" if stopped.code == KILLED else f"exit code {stopped.code}"
    what = ""
    if not (stopped.well or stopped.code in subject.expected.exit_codes):
        why = _kept_from(stopped) or f"its last lines are\n{stopped.logs[-500:]}"
        what = f"told to stop by {stopped.signal}, it ended with {how} after {stopped.seconds:.1f} s, {why}"
    elif stopped.told.kept:
        what = f"it ends of {stopped.signal}, but {_kept_from(stopped)}"
    elif stopped.seconds > ENDS_WITHIN:
        what = f"it took {stopped.seconds:.1f} s to end, {ENDS_WITHIN:.0f} s are plenty"
    fix = "end with exit code 0, and let the program be process 1 (exec form, `exec` in a script)"
    if stopped.signal != "SIGTERM":
        fix += ", or say with STOPSIGNAL which signal it knows: a base's own holds for all that is built on it"
    return broken_at([("", what)] if what else [], fix=f"handle {stopped.signal}, {fix}")


def _kept_from(stopped: Ending) -> str:
    """Why the program was not told, empty where nothing is known to be in the way."""
    told = stopped.told
    if told.kept and told.kept == told.first:
        return f"process 1 is `{told.kept}`, which tells nothing to `{told.untold}`"
    if told.kept:
        return f"process 1, `{told.first}`, tells `{told.kept}`, which tells nothing to `{told.untold}`"
    if told.first and not told.handled and stopped.code == KILLED:
        return f"process 1 is `{told.first}`, which has no handler for it"
    return ""


@rule(Level.ERROR, serves=True, production=True)
def answers_requests_in_flight_when_stopped(graceful_shutdown: GracefulShutdown) -> list[Finding]:
    """A deployment stops a server in the middle of its work; who asked before that must not notice."""
    shutdown = graceful_shutdown
    found = f"a request was {shutdown.how} when {shutdown.signal} came, and {shutdown.problem}"
    return broken_at(
        [("", found)] if shutdown.problem else [],
        fix="finish what was begun before ending; name the signal that means it (nginx: STOPSIGNAL SIGQUIT)",
    )


@rule(Level.ERROR, serves=True, production=True)
def comes_back_after_kill(restarted_after_kill: str) -> list[Finding]:
    """The kernel kills what takes too much memory; what then finds its own orphans in the way stays down."""
    return broken_at(
        [("", restarted_after_kill)] if restarted_after_kill else [],
        fix="let nothing that a start refuses outlive the process: a lock (flock) goes with it, a pid file does not",
    )
