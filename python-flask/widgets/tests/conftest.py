"""The API over a database in memory: what PostgreSQL does is tested where there is one."""

import pytest

from widgets.api import create_app
from widgets.database import Database, Page, UnavailableError


class MemoryDatabase(Database):
    """Answers as the real one does, or not at all while `away` has a reason."""

    def __init__(self):
        self.rows = {}
        self.last = 0
        self.created = False
        self.away = None

    def _reach(self):
        if self.away:
            raise self.away

    def create(self):
        self._reach()
        missing, self.created = not self.created, True
        return missing

    def ping(self):
        self._reach()

    def page(self, limit, offset):
        self._reach()
        return Page(list(self.rows.values())[offset : offset + limit], len(self.rows))

    def add(self, name, description):
        self._reach()
        self.last += 1
        self.rows[self.last] = {"id": self.last, "name": name, "description": description}
        return self.rows[self.last]

    def get(self, number):
        self._reach()
        return self.rows.get(number)

    def replace(self, number, name, description):
        self._reach()
        if number in self.rows:
            self.rows[number] = {"id": number, "name": name, "description": description}
        return self.rows.get(number)

    def delete(self, number):
        self._reach()
        return self.rows.pop(number, None) is not None


@pytest.fixture
def database():
    return MemoryDatabase()


@pytest.fixture
def app(database):
    return create_app(database)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def away(database):
    """The database does not answer; the reason is one that must stay inside."""
    database.away = UnavailableError("The database does not answer.")
    database.away.__cause__ = RuntimeError("connection to db:5432 failed: SELECT secret")
