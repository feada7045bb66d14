"""What a container bears is tried together, and singly only where that fails, so that what breaks it is named."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from plimsoll.facts.run import confinement
from plimsoll.facts.run.container import LEAST_PRIVILEGE
from plimsoll.facts.run.trial import Answers
from plimsoll.subject import Variant

ALL = set(LEAST_PRIVILEGE)


@pytest.fixture
def tried(monkeypatch):
    """Has containers fail that are given any of these options; all that were tried."""

    def give(*breaking, together=False):
        seen = []

        @contextmanager
        def trial(variant, **options):
            seen.append((set(options), variant.patience))
            broken = (together and set(options) == ALL) or set(breaking) & set(options)
            yield SimpleNamespace(asked=Answers(problem="it ended" if broken else ""))

        monkeypatch.setattr(confinement, "trial", trial)
        return seen

    return give


SERVER = Variant("app", "image", "made-for-a-test/app:1", patience=60)


def test_every_option_belongs_to_one_restriction():
    assert sorted(name for names in confinement.RESTRICTIONS.values() for name in names) == sorted(ALL)


def test_what_bears_all_of_it_is_tried_once(tried):
    seen = tried()
    assert confinement.least_privilege(SERVER, Answers()) == []
    assert seen == [(ALL, 60)]


def test_the_restriction_that_breaks_it_is_named(tried):
    seen = tried("cap_drop")
    (failure,) = confinement.least_privilege(SERVER, Answers())
    assert (failure.restriction, failure.what) == ("all capabilities are dropped", "it ended")
    assert [patience for _, patience in seen] == [60, *[confinement.PATIENCE] * len(confinement.RESTRICTIONS)]


def test_what_is_too_much_together_is_told(tried):
    tried(together=True)
    assert [each.restriction for each in confinement.least_privilege(SERVER, Answers())] == [""]


def test_what_fails_without_any_is_not_told_again(tried):
    tried(*ALL)
    assert confinement.least_privilege(SERVER, Answers(problem="it ended")) == []
