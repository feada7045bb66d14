"""The pool, against what stands in for a database that is away. The statements are tested on a real PostgreSQL."""

import logging
import socket
import threading
import time
from unittest.mock import Mock

import psycopg
import pytest

from widgets.api import create_app
from widgets.config import Config
from widgets.database import Connection, Database, UnavailableError

SOON = 3
"""Seconds that a request without a database may take, on a busy machine."""


@pytest.fixture
def listener():
    """A port at which something listens, as a frozen database does, and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed():
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture(params=["listener", "closed"])
def database(request):
    port = request.getfixturevalue(request.param)
    database = Database(Config(0, "127.0.0.1", port, "d", "u", "not-a-secret"))
    database.open()
    yield database
    database.close()


def test_a_database_that_is_away_is_said_to_be_soon(database):
    begin = time.monotonic()
    with pytest.raises(UnavailableError, match="does not answer"):
        database.ping()
    assert time.monotonic() - begin < SOON


def test_while_the_database_is_away_one_request_waits_for_it_and_the_others_do_not(database):
    client = create_app(database).test_client
    assert client().get("/widgets").status_code == 503
    seconds = []

    def ask():
        begin = time.monotonic()
        assert client().get("/widgets").status_code == 503
        seconds.append(time.monotonic() - begin)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seconds) == 12
    assert sum(1 for each in seconds if each > 1) == 1
    assert max(seconds) < SOON


def test_the_database_is_sought_again_however_long_it_was_away(closed):
    database = Database(Config(0, "127.0.0.1", closed, "d", "u", "p"))
    database.open()

    def ask():
        with pytest.raises(UnavailableError):
            database.ping()

    # Many at once, until the pool has given up every one of its connections.
    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(3):
        ask()
    with socket.create_server(("127.0.0.1", closed)) as back:
        back.settimeout(SOON)
        ask()
        back.accept()[0].close()
    database.close()


def test_the_log_says_where_the_database_was_sought_but_not_with_which_password(caplog, closed):
    database = Database(Config(0, "127.0.0.1", closed, "d", "u", "not-a-secret"))
    with caplog.at_level(logging.DEBUG):
        database.open()
        with pytest.raises(UnavailableError):
            database.ping()
        database.close()
    assert str(closed) in caplog.text
    assert "not-a-secret" not in caplog.text


@pytest.fixture
def scripted(monkeypatch):
    """A database whose connection does as it is told."""
    database = Database(Config(0, "nowhere", 1, "d", "u", "p"))
    connection = Mock()
    pool = Mock()
    pool.connection.return_value.__enter__ = Mock(return_value=connection)
    pool.connection.return_value.__exit__ = Mock(return_value=False)
    monkeypatch.setattr(database, "_pool", pool)
    return database, connection


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.AdminShutdown,
        psycopg.errors.CrashShutdown,
        psycopg.errors.CannotConnectNow,
        psycopg.errors.QueryCanceled,
        psycopg.errors.TooManyConnections,
        psycopg.OperationalError,
    ],
)
def test_what_the_database_can_not_do_now_is_worth_another_try(scripted, error):
    database, connection = scripted
    connection.execute.side_effect = error("SELECT …")
    with pytest.raises(UnavailableError, match="does not answer"):
        database.get(1)


def test_a_missing_table_is_told_with_its_remedy(scripted):
    database, connection = scripted
    connection.execute.side_effect = psycopg.errors.UndefinedTable("relation")
    with pytest.raises(UnavailableError, match="GET /initdb creates it"):
        database.page(1, 0)


def test_a_defect_of_ours_is_not_taken_for_the_databases(scripted):
    database, connection = scripted
    connection.execute.side_effect = psycopg.errors.SyntaxError("SELECT …")
    with pytest.raises(psycopg.errors.SyntaxError):
        database.get(1)


@pytest.mark.parametrize("found", [True, False])
def test_the_table_is_created_only_where_it_is_missing(scripted, found):
    database, connection = scripted
    connection.transaction.return_value.__enter__ = Mock()
    connection.transaction.return_value.__exit__ = Mock(return_value=False)
    connection.execute.return_value.fetchone.return_value = {"found": found}
    assert database.create() is not found
    statements = " ".join(call.args[0] for call in connection.execute.call_args_list)
    assert ("CREATE TABLE" in statements) is not found
    assert "DROP" not in statements


def test_values_are_bound_and_never_part_of_a_statement(scripted):
    database, connection = scripted
    row = {"id": 1, "name": "n", "description": "d", "total": 1}
    connection.execute.return_value = Mock(**{"fetchone.return_value": row, "fetchall.return_value": [row]})
    value = "'; DROP TABLE widgets; --"
    database.add(value, value)
    database.replace(12345, value, value)
    database.get(12345)
    database.delete(12345)
    database.page(12345, 12345)
    assert connection.execute.call_count == 5
    for call in connection.execute.call_args_list:
        assert "DROP" not in call.args[0]
        assert "12345" not in call.args[0]


def test_a_page_beyond_the_end_still_counts(scripted):
    database, connection = scripted
    nothing = {"id": None, "name": None, "description": None, "total": 7}
    connection.execute.return_value.fetchall.return_value = [nothing]
    assert database.page(10, 20) == ([], 7)


def test_a_connection_that_does_not_answer_is_given_up(monkeypatch):
    def wait(*_):
        raise psycopg.OperationalError("timeout")

    monkeypatch.setattr(psycopg.Connection, "wait", wait)
    connection = Connection(Mock(transaction_status=psycopg.pq.TransactionStatus.ACTIVE))
    with pytest.raises(psycopg.OperationalError):
        connection.wait(iter(()))
    assert connection.pgconn.finish.called
