"""widgets beyond the rules, without its database: its driver, its start and its end. With it: tests/compose/."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from plimsoll.facts.run import container

pytestmark = [pytest.mark.app("widgets"), pytest.mark.xdist_group("widgets")]

PROD = "plimsoll/widgets:prod"
ALONE = {"POSTGRES_PASSWORD": "no-secret-there-is-no-database"}


def test_the_driver_is_the_compiled_one_and_speaks_tls(python):
    """The pure one would look for libpq with a program that the image has not; SCRAM and TLS come with libpq."""
    script = """
import psycopg
print(psycopg.pq.__impl__, psycopg.pq.version() >= 170000)
try:
    psycopg.connect("host=127.0.0.1 sslmode=verify-full sslrootcert=system connect_timeout=2")
except psycopg.OperationalError as error:
    print(error)
"""
    said = python(PROD, script)
    assert said.startswith("c True\n")
    assert "Connection refused" in said, "libpq refuses the TLS options before it connects"


def test_without_a_password_it_ends_at_once_and_names_both_ways_to_give_one():
    with container.started(PROD) as running:
        assert running.wait(timeout=15) == 1
        (said,) = running.logs().splitlines()
    assert "POSTGRES_PASSWORD_FILE" in said
    assert "POSTGRES_PASSWORD" in said.replace("POSTGRES_PASSWORD_FILE", "")


def test_it_stops_in_time_also_while_no_name_server_answers():
    with container.started(PROD, port=5000, environment=ALONE, dns=["192.0.2.1"]) as running:
        running.wait_until_answering()
        stopped = running.stop(grace=20)
    assert stopped.code == 0, stopped.logs
    # Its threads wait for a name then, which takes ten seconds.
    assert stopped.seconds < 4, stopped.logs


def test_it_is_alive_while_more_requests_wait_for_the_database_than_it_has_threads():
    with container.started(PROD, port=5000, environment=ALONE) as running:
        running.wait_until_answering()
        url = running.url
        with ThreadPoolExecutor(48) as threads:
            waiting = [threads.submit(requests.get, f"{url}/widgets", timeout=30) for _ in range(48)]
            while not all(answer.done() for answer in waiting):
                assert requests.get(f"{url}/healthz", timeout=3).json() == {"status": "ok"}
        assert {answer.result().status_code for answer in waiting} == {503}
