"""Images' names come apart the same way wherever one is read."""

import pytest

from plimsoll import references
from plimsoll.facts.text import databases
from plimsoll.inputs import with_tag
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.rules import dockerfile
from plimsoll.rules.image import metadata

DIGEST = "sha256:" + "0a1b" * 16
NAMES = {
    "debian": ("debian", "debian", "", "", True),
    "debian:latest": ("debian", "debian", "latest", "", True),
    "debian:trixie-slim": ("debian", "debian", "trixie-slim", "", False),
    "mirror:5000/debian": ("mirror:5000/debian", "debian", "", "", True),
    "mirror:5000/team/debian:13": ("mirror:5000/team/debian", "debian", "13", "", False),
    f"debian@{DIGEST}": ("debian", "debian", "", DIGEST, False),
    f"mirror:5000/debian:latest@{DIGEST}": ("mirror:5000/debian", "debian", "latest", DIGEST, False),
}


@pytest.mark.parametrize("written", NAMES)
def test_a_name_comes_apart(written):
    repository, name, tag, digest, floats = NAMES[written]
    assert references.parse(written) == (repository, tag, digest)
    assert (references.parse(written).name, references.parse(written).floats) == (name, floats)


@pytest.mark.parametrize("written", NAMES)
def test_every_rule_about_names_agrees(written, made):
    floats = NAMES[written][-1]
    named = made.imagined()
    named.name = written
    told = {
        "an image": bool(metadata.is_named_by_a_version(named)),
        "a base": bool(dockerfile.bases_have_a_fixed_tag(Dockerfile(f"FROM {written}\n"), [])),
    }
    assert set(told.values()) == {floats}


@pytest.mark.parametrize("tag", ["", ":17", f":17@{DIGEST}", f"@{DIGEST}"])
@pytest.mark.parametrize("before", ["", "mirror:5000/", "mirror:5000/team/"])
def test_a_database_is_one_wherever_its_image_comes_from(before, tag):
    assert databases.is_one({"image": f"{before}postgres{tag}"})
    assert not databases.is_one({"image": f"{before}nginx{tag}"})


def test_what_has_no_tag_has_the_latest():
    assert with_tag("mirror:5000/debian") == "mirror:5000/debian:latest"
    assert with_tag("debian:13") == "debian:13"
    assert with_tag(f"debian@{DIGEST}") == f"debian@{DIGEST}"


def test_an_image_without_a_name_is_known_by_its_id(made):
    named = made.imagined()
    for name in (DIGEST, "0a1b2c3d4e5f"):
        named.name = name
        assert metadata.is_named_by_a_version(named) == []
