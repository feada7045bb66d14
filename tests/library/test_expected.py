"""What plimsoll.toml grants an image: folders that are writable, exit codes that are good."""

import pytest

from plimsoll.facts.run.ending import Ending
from plimsoll.facts.run.side_effects import SideEffects
from plimsoll.rules.run import running, stopping


@pytest.mark.parametrize(
    ("code", "expected", "well"),
    [
        (0, [], True),
        (143, [], True),
        (2, [], False),
        (2, [2], True),
        (2, [3], False),
        (137, [], False),
        (0, [2], True),
    ],
)
def test_it_may_end_with_the_codes_that_are_expected(made, code, expected, well):
    ending = Ending("SIGTERM", code, 0.1, "bye")
    for given in ({"exit_codes": expected}, {"variant": {"here": {"exit_codes": expected}}}):
        assert (stopping.stops_when_told(made.subject(**given), ending) == []) == well


@pytest.mark.parametrize(
    ("writable", "found"),
    [
        ([], ["/var/data/a", "/var/database"]),
        (["/var/data"], ["/var/database"]),
        (["/var/data/a"], ["/var/database"]),
        (["/var/"], []),
        (["/srv", "/var/database", "/var/data"], []),
    ],
)
def test_it_may_write_where_a_mount_is_promised(made, writable, found):
    effects = SideEffects((), ("/var/data/a", "/var/database"), (), (), ())
    judge = running.writes_only_where_it_may
    assert [each.place for each in judge(made.subject(writable=writable), made.imagined("app"), effects)] == found
