"""What is said of another machine: each step with its end, and what was not judged there with its reason."""

from workshop.machines import Done, summary

GREEN = Done(
    "make test APP=go-gin",
    0,
    61.2,
    "......s.s\n"
    "SKIPPED [2] tests/rules/test_rules.py:16: the engine limits no memory\n"
    "SKIPPED [1] tests/library/test_store.py:41: the engine's content store can't be read\n"
    "587 passed, 3 skipped in 60.31s\n",
)
RED = Done(
    "the library's tests",
    1,
    5,
    "SKIPPED [1] tests/library/test_x.py:1: the engine limits no memory\n1 failed, 1 skipped in 4.20s\n",
)


def test_each_step_is_told_with_its_end_and_each_reason_once_with_its_tests():
    assert summary("rootless, as developer: Docker Engine 28.5.2", [GREEN, RED]) == (
        "rootless, as developer: Docker Engine 28.5.2\n"
        "green    61 s  make test APP=go-gin            587 passed, 3 skipped in 60.31s\n"
        "RED       5 s  the library's tests             1 failed, 1 skipped in 4.20s\n"
        "not judged there:\n"
        "  the engine limits no memory (3 tests)\n"
        "  the engine's content store can't be read (1 test)\n"
    )


def test_where_all_was_judged_that_is_said():
    done = Done("make up", 0, 1, "http://localhost:8080\n")
    assert summary("an engine", [done]).splitlines()[1:] == [
        "green     1 s  make up                         http://localhost:8080",
        "all was judged there",
    ]
