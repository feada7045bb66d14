"""Every rule on every image and compose file of this repository that it is about: one test each."""

from dataclasses import replace

import pytest

from plimsoll import pairing, waiving
from plimsoll.errors import PlimsollError
from plimsoll.facts.registry import Depth
from plimsoll.rule import every_rule
from plimsoll.subject import Outcome, Variant
from workshop import build, foreign, selection
from workshop.root import PREFIX
from workshop.suite import plugin


def pytest_generate_tests(metafunc):
    if "subject" not in metafunc.fixturenames:
        return
    names = metafunc.config.getoption("--app")
    try:
        judged = _given(plugin.given(metafunc.config)) or [
            *map(build.with_outcome, selection.of_apps(names)),
            *selection.compositions(names),
        ]
        for mistake in (each for subject in judged for each in waiving.mistakes(subject)):
            raise mistake
    except PlimsollError as error:
        raise pytest.UsageError(str(error)) from error
    found = [
        pytest.param(rule, subject, id=f"{rule}-{_name(subject)}", marks=pytest.mark.xdist_group(_group(rule, subject)))
        for rule, subject in pairing.pairs(every_rule().values(), judged)
        if rule.name == "builds" or not _unbuildable(subject)
    ]
    metafunc.parametrize(("rule", "subject"), found)


def _given(images):
    """Images that are judged in the place of the apps' own; they are built."""
    own = {variant.app: variant for variant in selection.of_apps(list(images)) if variant.name == foreign.PRODUCTION}
    return [replace(own[app], image=image, outcome=Outcome()) for app, image in images.items()]


def _name(subject):
    """A subject's name, and of an image in another's place its own."""
    is_given = isinstance(subject, Variant) and subject.image != f"{PREFIX}{subject}"
    return subject.image if is_given else subject


def _unbuildable(subject):
    """Whether an image can't be built on this machine: that is told once, by the rule about building."""
    return isinstance(subject, Variant) and subject.outcome and subject.outcome.unbuildable


def _group(rule, subject):
    # One build at a time: they stay in one worker, so that no other waits for its turn.
    return "builds" if rule.depth is Depth.BUILD else str(subject)
