"""Rules about the end of a container: told to stop, or killed."""

import signal

import pytest

from plimsoll.containers.experiments import ENDS_WITHIN
from plimsoll.findings import forbid

ENDED_BY_SIGTERM = 128 + signal.SIGTERM
"""How some say it that stop in good order, such as the JVM: without a handler, process 1 would not end of it at all."""


@pytest.mark.serves
def test_stops_when_told(variant, stopped):
    """A deployment stops every container; one that ignores SIGTERM loses requests and costs ten seconds each time."""
    how = "SIGKILL" if stopped.code == 137 else f"exit code {stopped.code}"
    found = []
    # Whoever has a plimsoll.toml can waive this rule; a stranger's image is given the benefit of the doubt.
    if stopped.code not in ({0, ENDED_BY_SIGTERM} if variant.unknown else {0}):
        last = f"its last lines are\n{stopped.logs[-500:]}"
        found.append(("", f"it ended with {how} after {stopped.seconds:.1f} s, {last}"))
    elif stopped.seconds > ENDS_WITHIN:
        found.append(("", f"it took {stopped.seconds:.1f} s to end, {ENDS_WITHIN:.0f} s are plenty"))
    forbid(found, mend="handle SIGTERM, end with exit code 0, and let the program be process 1 (exec form)")


@pytest.mark.serves
@pytest.mark.deployed
@pytest.mark.promises
def test_answers_requests_in_flight_when_stopped(drained):
    """A deployment stops a server in the middle of its work; who asked before that must not notice."""
    found = f"a request was half sent when {drained.signal} came, and {drained.problem}"
    forbid(
        [("", found)] if drained.problem else [],
        mend="finish what was begun before ending; name the signal that means it (nginx: STOPSIGNAL SIGQUIT)",
    )


@pytest.mark.serves
@pytest.mark.deployed
def test_comes_back_after_kill(revived):
    """The kernel kills what takes too much memory; what then finds its own leavings in the way stays down."""
    forbid(
        [("", revived)] if revived else [],
        mend="let nothing that a start refuses outlive the process: a lock (flock) goes with it, a pid file does not",
    )
