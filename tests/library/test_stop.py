"""What takes long to stop is stopped again, since other work on the machine only ever adds time."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from plimsoll.facts.run import experiments
from plimsoll.facts.run.container import Stop


@pytest.fixture
def ends(monkeypatch):
    """Gives the containers that are started the seconds that each takes to end."""

    def give(*seconds):
        left = [Stop(0, each, "") for each in seconds]

        @contextmanager
        def trial(_):
            yield SimpleNamespace(container=SimpleNamespace(stop=lambda _: left.pop(0)))

        monkeypatch.setattr(experiments, "trial", trial)
        return left

    return give


def test_what_ends_soon_is_stopped_once(ends):
    left = ends(0.2, 0.1)
    assert experiments.stop(None).seconds == 0.2
    assert len(left) == 1


def test_the_quickest_end_counts(ends):
    ends(5.4, 5.2, 0.3)
    assert experiments.stop(None).seconds == 0.3


def test_what_always_takes_long_does_so(ends):
    left = ends(6.4, 6.2, 6.3, 0.1)
    assert experiments.stop(None).seconds == 6.2
    assert len(left) == 1
