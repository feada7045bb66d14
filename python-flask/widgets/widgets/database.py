"""The widgets table, and a pool of connections that outlives its database."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, cast

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.abc import RV, PQGen

    from widgets.config import Config

LONGEST_TEXT = 255
"""Characters in a name or a description, as the first widgets table had it."""

CONNECTIONS = 4
"""Of each process of the server."""

FREE_CONNECTION_WITHIN = 1.5
CONNECTED_WITHIN = 2
STATEMENT_WITHIN = 1.5
ANSWER_WITHIN = 2.0
"""Seconds. A request waits for a connection, then the server limits the statement, and the last limit is ours: it
ends the wait for a server that is frozen or cut off, which can't keep its own."""

CLOSED_WITHIN = 0.1
"""Seconds that each of the pool's threads, which are ended one after the other, has for it: one may wait for a name
server, which takes up to ten."""

NO_ANSWER = "The database does not answer."

CREATE_LOCK = 0x57494447
"""Any number, if only this service locks it: CREATE TABLE IF NOT EXISTS is not safe against itself."""

CREATE = f"""
    CREATE TABLE IF NOT EXISTS widgets (
        id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name        varchar({LONGEST_TEXT}) NOT NULL,
        description varchar({LONGEST_TEXT}) NOT NULL
    )
"""

PAGE = """
    SELECT total, id, name, description
    FROM (SELECT count(*) AS total FROM widgets) AS counted
    LEFT JOIN (SELECT id, name, description FROM widgets ORDER BY id LIMIT %s OFFSET %s) AS page ON true
    ORDER BY id
"""
"""One statement, so that the rows and their number are of the same moment; without rows it still has the number."""


class Widget(TypedDict):
    """A row."""

    id: int
    name: str
    description: str


class Page(NamedTuple):
    """Some of the rows, in the order of their ids, and how many there are in all."""

    rows: list[Widget]
    total: int


class UnavailableError(Exception):
    """The database can't be asked now; asking again later may help."""


class Connection(psycopg.Connection[DictRow]):
    """A connection on which no wait lasts for ever."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = ANSWER_WITHIN) -> RV:
        """Wait for the server, and give the connection up if it does not answer in time."""
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.OperationalError:
            if timeout is not None and self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.close()
            raise


class Database:
    """What the service asks of PostgreSQL. Each method raises UnavailableError while that can't answer."""

    def __init__(self, config: Config) -> None:
        self._pool = ConnectionPool(
            connection_class=Connection,
            kwargs={
                "host": config.host,
                "port": config.database_port,
                "dbname": config.database,
                "user": config.user,
                "password": config.password,
                "application_name": "widgets",
                "autocommit": True,
                "connect_timeout": CONNECTED_WITHIN,
                "options": f"-c statement_timeout={STATEMENT_WITHIN}s",
                "row_factory": dict_row,
            },
            min_size=CONNECTIONS,
            max_size=CONNECTIONS,
            timeout=FREE_CONNECTION_WITHIN,
            # Short: a request that finds no connection starts a new attempt, so that the first one after the
            # database's return succeeds. The default goes on alone for five minutes, with ever longer pauses.
            reconnect_timeout=1,
            check=ConnectionPool.check_connection,
            configure=_configure,
            name="database",
            open=False,
        )
        self._away = False
        self._scout = Lock()

    def open(self) -> None:
        """Begin to connect, in the background."""
        self._pool.open()

    def close(self) -> None:
        """Let the connections go."""
        self._pool.close(timeout=CLOSED_WITHIN)

    def create(self) -> bool:
        """Create the table if it is missing; whether it was."""
        with self._connection() as connection:
            return create_table(connection)

    def ping(self) -> None:
        """Reach the database: the pool asks it before it gives a connection away."""
        with self._connection():
            pass

    def page(self, limit: int, offset: int) -> Page:
        """Some of the widgets."""
        with self._connection() as connection:
            found = connection.execute(PAGE, [limit, offset]).fetchall()
        rows = [
            Widget(id=row["id"], name=row["name"], description=row["description"])
            for row in found
            if row["id"] is not None
        ]
        return Page(rows, found[0]["total"])

    def add(self, name: str, description: str) -> Widget:
        """A new widget."""
        row = self._row(
            "INSERT INTO widgets (name, description) VALUES (%s, %s) RETURNING id, name, description",
            [name, description],
        )
        return cast("Widget", row)

    def get(self, number: int) -> Widget | None:
        """The widget of this id, if there is one."""
        return self._row("SELECT id, name, description FROM widgets WHERE id = %s", [number])

    def replace(self, number: int, name: str, description: str) -> Widget | None:
        """The widget of this id with a new name and description, if there is one."""
        return self._row(
            "UPDATE widgets SET name = %s, description = %s WHERE id = %s RETURNING id, name, description",
            [name, description, number],
        )

    def delete(self, number: int) -> bool:
        """Remove the widget of this id; whether there was one."""
        return self._row("DELETE FROM widgets WHERE id = %s RETURNING id", [number]) is not None

    def _row(self, statement: str, values: list[Any]) -> Widget | None:
        with self._connection() as connection:
            return cast("Widget | None", connection.execute(statement, values).fetchone())

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        # While the database is away one request at a time waits for it, so that the others are answered at once and
        # do not hold every thread. (The pool's own `max_waiting` counts also those that have given up, for ever.)
        scouting = self._away
        if scouting and not self._scout.acquire(blocking=False):
            raise UnavailableError(NO_ANSWER)
        try:
            with self._pool.connection() as connection:
                self._away = False
                yield connection
        except psycopg.errors.UndefinedTable as error:
            raise UnavailableError("The table is missing: GET /initdb creates it.") from error
        except psycopg.OperationalError as error:
            if isinstance(error, PoolTimeout):
                self._away = True
            raise UnavailableError(NO_ANSWER) from error
        finally:
            if scouting:
                self._scout.release()


def _configure(connection: Connection) -> None:
    """Create the table when the pool connects, so that a new database needs no step by hand."""
    create_table(connection)


def create_table(connection: Connection) -> bool:
    """Create the table if it is missing; whether it was.

    It looks first, so that a user without the right to create tables can serve one that exists.
    """
    if _exists(connection):
        return False
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [CREATE_LOCK])
        missing = not _exists(connection)
        connection.execute(CREATE)
    return missing


def _exists(connection: Connection) -> bool:
    row = connection.execute("SELECT to_regclass('widgets') IS NOT NULL AS found").fetchone()
    return bool(row and row["found"])
