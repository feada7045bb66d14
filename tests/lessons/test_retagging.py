"""A tag is a name for an image, not a copy of it, and can be moved to another."""

from plimsoll import engine


def identity(name):
    return engine.client().images.get(name).id


def tag(old, new):
    repository, _, name = new.partition(":")
    assert engine.client().images.get(old).tag(repository, name)


def test_a_new_tag_is_the_same_image(build_image, new_tag, said):
    version, destination = build_image("."), new_tag()
    tag(version, destination)
    assert identity(destination) == identity(version)
    engine.client().images.remove(version)
    assert said(destination) == "1.0", "the image went with one of its names"


def test_a_build_gives_both_tags_at_once(build_image, new_tag):
    destination = new_tag()
    version = build_image(f"--tag={destination}", ".")
    assert identity(destination) == identity(version)


def test_a_destination_moves_on_and_a_version_stays(build_image, new_tag, said):
    old, destination = build_image("."), new_tag()
    tag(old, destination)
    new = build_image("--build-arg=VERSION=1.1", ".")
    tag(new, destination)
    assert identity(destination) == identity(new) != identity(old)
    assert (said(destination), said(old)) == ("1.1", "1.0")
