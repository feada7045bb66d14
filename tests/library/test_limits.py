"""What rests on limits is judged only by an engine that sets them."""

import pytest

from plimsoll import engine
from plimsoll.errors import NotJudgedError
from plimsoll.facts.run import experiments


def test_where_no_memory_is_limited_nothing_is_said_of_it(monkeypatch, made):
    monkeypatch.setattr(engine, "info", lambda: {"MemoryLimit": False})
    with pytest.raises(
        NotJudgedError, match=r"^the engine limits no memory, as a rootless one without cgroup v2 can't$"
    ):
        experiments.under_memory_limit(made.subject(), None)
