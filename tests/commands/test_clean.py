"""`make clean` removes what was made here, by name: whatever else the engine has is somebody else's."""

import uuid

import pytest

from plimsoll import engine
from plimsoll.commands.dockerfiles import REPOSITORY
from plimsoll.facts.run import helper
from workshop import bases, cleanup
from workshop.root import PREFIX

SOME = "busybox:1.37-musl"


@pytest.fixture
def named():
    """Give an image another name for the length of a test."""
    given = []

    def name(of, repository):
        given.append(f"{repository}:tag")
        assert engine.client().images.get(of).tag(repository, "tag")
        return given[-1]

    yield name
    for each in given:
        engine.client().images.remove(each)


@pytest.mark.parametrize("repository", [f"{PREFIX}made", f"{REPOSITORY}left"])
def test_what_is_named_as_ours_goes(named, repository):
    """An image of an app, and one that a check which was killed has left."""
    assert named(SOME, f"{repository}-{uuid.uuid4().hex}") in cleanup.images()


@pytest.mark.parametrize("repository", ["theirs", "theirs/plimsoll", "plimsolls/theirs"])
def test_what_is_named_otherwise_stays(named, repository):
    name = named(SOME, f"{repository}-{uuid.uuid4().hex}")
    assert name not in [*cleanup.images(), *cleanup.made_here()]


def test_a_stand_in_goes_and_an_official_image_stays():
    stands_in = bool(engine.client().images.get(helper.IMAGE).labels.get(bases.LABEL))
    assert (helper.IMAGE in cleanup.made_here()) == stands_in
