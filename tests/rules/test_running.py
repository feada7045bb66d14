"""Rules about a running container."""

import pytest

from plimsoll.container import GRACE
from plimsoll.findings import forbid

EXIT_WELL_WITHIN = GRACE / 2
"""Seconds to end in: `docker stop` kills after twice as many."""


def _unmet(container, endpoints):
    """What is wrong with the answers to the endpoints: what was asked, and what came."""
    for endpoint in endpoints:
        answer = container.request(endpoint)
        asked = f"{endpoint.method} {endpoint.path}"
        if answer.status_code != endpoint.status:
            yield asked, f"gave {answer.status_code}, expected {endpoint.status}, with {answer.text[:200]!r}"
            continue
        if endpoint.answer is not None and (given := answer.json()) != endpoint.answer:
            yield asked, f"gave {given!r}, expected {endpoint.answer!r}"
        if endpoint.contains is not None and endpoint.contains not in answer.text:
            yield asked, f"gave {answer.text[:200]!r}, expected it to contain {endpoint.contains!r}"
        kind = answer.headers.get("content-type", "")
        if endpoint.content_type is not None and not kind.startswith(endpoint.content_type):
            yield asked, f"gave content type {kind!r}, expected {endpoint.content_type!r}"


@pytest.mark.serves
@pytest.mark.promises
def test_answers_its_endpoints(variant, running):
    """An image is there for what it answers; everything else is packaging."""
    forbid(_unmet(running, variant.endpoints), mend="mend the app, or what plimsoll.toml promises of it")


@pytest.mark.serves
@pytest.mark.deployed
def test_turns_healthy(facts, running):
    """Compose and Swarm send traffic, and restart, by the image's own health check."""
    assert facts.config.get("Healthcheck"), f"{facts.name} has no HEALTHCHECK: add one in exec form"
    running.wait_until("turned healthy", lambda: running.state()["Health"]["Status"] == "healthy")
    assert running.state()["Health"]["FailingStreak"] == 0


@pytest.mark.serves
def test_stops_when_told(stopped):
    """A deployment stops every container; one that ignores SIGTERM loses requests and costs ten seconds each time."""
    how = "SIGKILL" if stopped.code == 137 else f"exit code {stopped.code}"
    assert stopped.code == 0, (
        f"it ended with {how} after {stopped.seconds:.1f} s: "
        f"handle SIGTERM and let the program be process 1 (exec form). Its last lines:\n{stopped.logs[-500:]}"
    )
    assert stopped.seconds < EXIT_WELL_WITHIN, (
        f"it took {stopped.seconds:.1f} s to end: it must in {EXIT_WELL_WITHIN:.0f} s"
    )


@pytest.mark.serves
@pytest.mark.deployed
@pytest.mark.promises
def test_runs_with_least_privilege(variant, confined):
    """What works read-only, without capabilities and as any user can be locked down by whoever deploys it."""
    forbid(
        _unmet(confined, variant.endpoints),
        mend="keep what it writes in /tmp or a volume, and need no capability and no user of its own",
    )
