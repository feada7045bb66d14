"""What makes an image be built again, and that a commit does not."""

import functools
import shutil

import pytest

from plimsoll import engine, inputs
from plimsoll.subject import Variant
from workshop import apps, fingerprint
from workshop.root import ROOT

pytestmark = pytest.mark.engine

BASE = "busybox:1.37-musl"


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A repository of an image that stands on a base alone, with this one's bake file."""
    (tmp_path / "apart").mkdir()
    (tmp_path / "apart/Dockerfile").write_text(f"FROM {BASE}\nCOPY . /\n")
    shutil.copy(ROOT / "docker-bake.hcl", tmp_path)
    monkeypatch.setattr(apps, "bake_targets", functools.partial(apps.bake_targets, tmp_path))
    return tmp_path


def digest(folder):
    # As in a process of its own, which the next run is.
    inputs._file.cache_clear()
    image = "plimsoll/made-for-a-test:apart"
    variant = Variant("apart", "apart", image, folder=folder / "apart", file=folder / "apart/Dockerfile")
    return fingerprint.fingerprints([variant], engine.images())[image]


def test_a_commit_alone_builds_nothing(clone, git):
    before = digest(clone)
    git(clone, "init")
    git(clone, "add", "--all")
    git(clone, "commit", "--message", "all of it")
    assert digest(clone) == before


@pytest.mark.parametrize("file", ["apart/Dockerfile", "apart/added", "docker-bake.hcl"])
def test_an_edit_builds_it(clone, file):
    before = digest(clone)
    with (clone / file).open("a") as opened:
        opened.write('variable "MORE" { default = 1 }\n' if file.endswith(".hcl") else "# more\n")
    if file.endswith(".hcl"):
        text = (clone / file).read_text()
        (clone / file).write_text(text.replace("VERSION  = VERSION", "VERSION  = VERSION\n    MORE = MORE"))
    assert digest(clone) != before


def test_an_edit_elsewhere_does_not(clone):
    before = digest(clone)
    (clone / "README.md").write_text("# More\n")
    assert digest(clone) == before


@pytest.mark.parametrize("variable", [("VERSION", "2"), ("UID", "1234")])
def test_what_the_environment_gives_to_the_build_builds_it(clone, monkeypatch, variable):
    before = digest(clone)
    monkeypatch.setenv(*variable)
    assert digest(clone) != before


def test_a_base_that_was_pulled_anew_builds_it(clone, monkeypatch):
    identities = []
    for identity in ("sha256:1", "sha256:2"):
        monkeypatch.setattr(engine, "images", lambda identity=identity: {BASE: identity})
        identities.append(digest(clone))
    assert len(set(identities)) == 2
