"""docs/peers.md: what counts as caught, missed and a false alarm, on reports that are made up here."""

import pytest

from workshop import peers, side_by_side
from workshop.compared import OURS, Row
from workshop.peers import Peer, Said


def _said(*rules, grave=None):
    return Said(rules, rules if grave is None else grave, 2.0)


LINTER = Peer("linter", "dockerfile", "1.2.3", lambda _: [("L1", "info"), ("L2", "warning"), ("L2", "warning")])
BAD = Row("bad-one", "bad", {OURS: _said("image.rule"), "linter": _said("L1", grave=())}, {OURS})
MISSED = Row("bad-two", "bad", {OURS: _said(), "linter": _said("L2")}, {"linter"})
GOOD = Row("good-one", "good", {OURS: _said(), "linter": _said("L2")}, alarmed={"linter"})
COMPOSE = Row("compose-one", "bad", {OURS: _said("compose.rule")}, {OURS})


@pytest.fixture
def page():
    return side_by_side.markdown([LINTER], [BAD, MISSED, GOOD, COMPOSE], [])


def test_a_tool_is_counted_on_what_it_reads(page):
    assert "| `linter` | 1.2.3 | 1 of 2 | 1 of 1 |" in page
    assert "| `plimsoll` | this one | 2 of 3 | 0 of 1 |" in page


def test_what_is_said_beside_the_cause_is_shown(page):
    assert "| bad-one | **caught** | missed (L1) |" in page
    assert "| good-one | quiet | false alarm (L2) |" in page
    assert "| compose-one | **caught** |  |" in page


def test_what_a_peer_catches_and_the_judge_does_not_is_told(page):
    assert side_by_side.missed([BAD, MISSED, GOOD]) == [MISSED]
    assert "- bad-two: linter" in page


def test_a_peer_says_each_rule_once_and_nothing_of_what_it_does_not_read(tmp_path):
    said = LINTER.said(peers.Subject(tmp_path, tmp_path / "Dockerfile", None))
    assert (said.rules, said.grave) == (("L1", "L2"), ("L2",))
    assert LINTER.said(peers.Subject(tmp_path, None, tmp_path / "compose.yaml")) is None
