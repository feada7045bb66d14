"""widgets beyond the rules, without its database: its driver, its start and its end. With it: tests/compose/."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests

from plimsoll.facts.run import container

pytestmark = [pytest.mark.app("widgets"), pytest.mark.xdist_group("widgets")]

ALONE = {"POSTGRES_PASSWORD": "no-secret-there-is-no-database"}

REQUESTS = 80
"""Five times as many as it has threads."""


def test_the_driver_is_the_compiled_one_and_speaks_tls(python, prod):
    """The pure one would look for libpq with a program that the image has not; SCRAM and TLS come with libpq."""
    script = """
import psycopg
print(psycopg.pq.__impl__, psycopg.pq.version() >= 170000)
try:
    psycopg.connect("host=127.0.0.1 sslmode=verify-full sslrootcert=system connect_timeout=2")
except psycopg.OperationalError as error:
    print(error)
"""
    said = python(prod, script)
    assert said.startswith("c True\n")
    assert "Connection refused" in said, "libpq refuses the TLS options before it connects"


def test_without_a_password_it_ends_at_once_and_names_both_ways_to_give_one(prod):
    with container.started(prod) as running:
        assert running.wait(timeout=15) == 1
        (said,) = running.logs().splitlines()
    assert "POSTGRES_PASSWORD_FILE" in said
    assert "POSTGRES_PASSWORD" in said.replace("POSTGRES_PASSWORD_FILE", "")


def test_it_stops_in_time_also_while_no_name_server_answers(prod):
    with container.started(prod, port=5000, environment=ALONE, dns=["192.0.2.1"]) as running:
        running.wait_until_answering()
        stopped = running.stop(grace=20)
    assert stopped.code == 0, stopped.logs
    # Its threads wait for a name then, which takes ten seconds.
    assert stopped.seconds < 4, stopped.logs


@contextmanager
def published(prod):
    """The address of one without its database, of a port by which many may come at once."""
    with container.started(prod, port=5000, environment=ALONE, ports={"5000/tcp": ("127.0.0.1", 0)}) as running:
        running.wait_until_answering()
        running.container.reload()
        (way,) = running.container.ports["5000/tcp"]
        yield f"http://127.0.0.1:{way['HostPort']}"


def test_it_is_alive_while_more_requests_wait_for_the_database_than_it_has_threads(prod):
    """It takes no longer than about one wait, where it would take five of them if each held a thread for its time."""
    with published(prod) as url:
        one = requests.get(f"{url}/widgets", timeout=60).elapsed
    with published(prod) as url, ThreadPoolExecutor(REQUESTS) as threads:
        waiting = [threads.submit(requests.get, f"{url}/widgets", timeout=60) for _ in range(REQUESTS)]
        alive = []
        while not all(answer.done() for answer in waiting):
            alive.append(requests.get(f"{url}/healthz", timeout=60))
        assert all(answer.json() == {"status": "ok"} for answer in alive)
        assert max(answer.elapsed for answer in alive) < 3 * one
        assert {answer.result().status_code for answer in waiting} == {503}
