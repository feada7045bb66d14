"""Rules about a container that serves: what it answers, what it says of its health, and the traces it leaves."""

import pytest

from plimsoll.findings import forbid
from plimsoll.units import show_size


@pytest.mark.serves
def test_answers_its_endpoints(variant, tried):
    """An image is there for what it answers; everything else is packaging."""
    if tried.ended and variant.unknown:
        pytest.skip(f"{tried.problem}\ngive it what it asks for: --env NAME=VALUE, or [environment] in plimsoll.toml")
    forbid(tried.failures, mend="mend the app, or what plimsoll.toml promises of it")


@pytest.mark.serves
@pytest.mark.deployed
def test_turns_healthy(healthy):
    """Compose and Swarm send traffic, and restart, by the image's own health check."""
    check = {
        "starting": "it serves, and its HEALTHCHECK has not said yet that it does",
        "unhealthy": f"it serves, and its HEALTHCHECK says that it does not: {healthy.said[-500:] or '(no word)'}",
    }
    found = [("", check[healthy.status])] if healthy.status in check else []
    forbid(found, mend="ask the server for what it serves, at the address and under the port that it listens on")


@pytest.mark.serves
@pytest.mark.deployed
def test_turns_unhealthy_when_it_hangs(hung):
    """The kernel goes on accepting a hanging server's connections: only a check that waits for an answer finds out."""
    found = []
    if hung.during == "healthy":
        found.append(("", "all its processes were frozen, and its HEALTHCHECK went on saying that it is well"))
    if hung.after != hung.before:
        found.append(("", f"it was {hung.before} before it was frozen and stayed {hung.after} when it ran again"))
    forbid(found, mend="let the check ask the server itself, with a time limit, and fail unless the answer is good")


@pytest.mark.serves
@pytest.mark.deployed
def test_listens_on_what_it_exposes(facts, traces):
    """EXPOSE is what people read to know which ports to open; a port that it does not name is open by accident."""
    exposed = set(facts.config.get("ExposedPorts") or {})
    found = [("", f"it listens on {port} and does not expose it") for port in sorted(traces.listening - exposed)]
    found += [("", f"it exposes {port} and does not listen on it") for port in sorted(exposed - traces.listening)]
    forbid(found, mend="EXPOSE the ports that it listens on and no others; what is only for itself goes on 127.0.0.1")


@pytest.mark.serves
@pytest.mark.deployed
def test_writes_only_where_it_may(traces):
    """What is written into a container is lost with it, and can't be written where the root is read-only."""
    forbid(
        ((path, "written while it served") for path in traces.changes),
        mend="write to a volume what must last and to /tmp what need not, and do at build time what can be done then",
    )


@pytest.mark.serves
@pytest.mark.deployed
def test_logs_on_stdout_and_stderr(traces):
    """Whoever runs a container collects its output; a log file in it is seen by nobody and grows until it is full."""
    found = [] if traces.logs else [("", "it started, answered requests and printed nothing")]
    found += [(path, "it logs into this file") for path in sorted(traces.log_files)]
    forbid(found, mend="log to standard output or standard error; a server that knows only files takes /dev/stdout")


@pytest.mark.serves
@pytest.mark.deployed
def test_reaps_its_children(traces):
    """Process 1 inherits what loses its parent; if it never waits for them, the dead fill the process table."""
    forbid(
        (("", f"`{name}` has ended, and its process 1 does not wait for it") for name in traces.zombies),
        mend="let the server itself be process 1 (`exec` in a script that starts it), or run with an init: `--init`",
    )


@pytest.mark.serves
@pytest.mark.deployed
@pytest.mark.promises
def test_stays_inside_its_memory_limit(strained, record_property):
    """A limit keeps one service from taking the machine down; what needs more is killed when it is busiest."""
    record_property("memory", f"{show_size(strained.peak)} of {show_size(strained.limit)}")
    found = []
    if strained.killed:
        found.append(("", f"within {show_size(strained.limit)} it lost {strained.killed} processes for want of memory"))
    elif strained.problem:
        found.append(("", f"within {show_size(strained.limit)} it does not serve, {strained.problem}"))
    forbid(found, mend="let it hold less (fewer workers, smaller caches), or promise more: `memory` in plimsoll.toml")
