"""What a container bears is tried together, and singly only where that fails, so that what breaks it is named."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from plimsoll.expectations import Expectations
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


def test_folders_that_are_to_be_writable_are_in_every_container(monkeypatch):
    given = []

    @contextmanager
    def trial(_, **options):
        given.append(options["tmpfs"])
        yield SimpleNamespace(asked=Answers(problem="it ended"))

    monkeypatch.setattr(confinement, "trial", trial)
    expected = Expectations.model_validate({"writable": ["/data/"], "variant": {"image": {"writable": ["/var/x"]}}})
    confinement.least_privilege(replace(SERVER, expectations=expected), Answers())
    assert len(given) == 1 + len(confinement.RESTRICTIONS)
    assert all({"/data", "/var/x"} <= set(each) for each in given)
    assert sum("/tmp" in each for each in given) == 2  # noqa: S108 - the container's
    assert set(LEAST_PRIVILEGE["tmpfs"]) == {"/tmp"}  # noqa: S108


def test_what_fails_without_any_is_not_told_again(tried):
    tried(*ALL)
    assert confinement.least_privilege(SERVER, Answers(problem="it ended")) == []
