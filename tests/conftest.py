"""Judging by the rules in a test: the facts of a subject are gathered once, however many of its tests ask."""

import pytest

from plimsoll import runner
from plimsoll.facts.gathering import Store
from workshop.root import BUILD
from workshop.suite import reporting


@pytest.fixture(scope="session")
def store(request):
    """The facts that images of the same content share, in this run and in later ones."""
    store = Store(BUILD / "facts")
    yield store
    reporting.count(request.config, store)


class Judge:
    """Judges subjects by rules; the facts of the subject before are given up once another's are asked for."""

    def __init__(self, store):
        self.store = store
        self.subject = self.facts = None

    def __call__(self, rule, subject):
        """What a rule says of a subject."""
        if self.subject is not subject:
            self.end()
            self.subject, self.facts = subject, runner.facts_of(subject, self.store)
        return runner.judge(rule, subject, self.facts)

    def forget(self):
        """Keep nothing of the subject's facts for a later run: what failed once may have failed by chance."""
        for key in self.facts.keys:
            self.store.forget(key)

    def end(self):
        """End what was started for the subject."""
        if self.facts:
            self.facts.__exit__()


@pytest.fixture(scope="session")
def judge(store):
    """Judges a subject by a rule."""
    judge = Judge(store)
    yield judge
    judge.end()
