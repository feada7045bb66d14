"""What is kept lies in the user's own folder for such things, wherever the system has it."""

import pathlib
import subprocess
import sys

import pytest

from plimsoll import DISTRIBUTION, caches, engine
from plimsoll.errors import PlimsollError

UNWRITABLE = "/proc"
"""A folder in which root can't make another one either."""


@pytest.mark.parametrize(
    ("platform", "variables", "where"),
    [
        ("linux", {}, "home/.cache"),
        ("linux", {"XDG_CACHE_HOME": "{here}/own"}, "own"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "home/.cache"),
        ("darwin", {"XDG_CACHE_HOME": "{here}/own"}, "home/Library/Caches"),
        ("win32", {"LOCALAPPDATA": "{here}/local"}, "local"),
        ("win32", {}, "home/AppData/Local"),
    ],
)
def test_where_it_is(monkeypatch, tmp_path, platform, variables, where):
    for name in (caches.ENVIRONMENT, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(here=tmp_path))
    monkeypatch.setattr("sys.platform", platform)
    assert caches.folder("facts") == tmp_path / where / DISTRIBUTION / "facts"
    assert (tmp_path / where / DISTRIBUTION / "facts").is_dir()


@pytest.fixture
def read_only_home(monkeypatch):
    for name in (caches.ENVIRONMENT, "XDG_CACHE_HOME", "BUILDX_CONFIG", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", UNWRITABLE)


@pytest.mark.usefixtures("read_only_home")
def test_where_the_home_is_read_only_what_is_kept_goes_with_the_process():
    asked = "from plimsoll import caches; folder = caches.folder('facts'); (folder / 'x').touch(); print(folder)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    folder = pathlib.Path(done.stdout.strip())
    assert folder.name == "facts"
    assert not folder.parent.exists()


@pytest.mark.usefixtures("read_only_home")
def test_buildx_writes_where_it_can():
    kept = engine._where_buildx_writes()["BUILDX_CONFIG"]
    assert caches.is_writable(pathlib.Path(kept))


def test_buildx_is_left_alone_where_it_can_write(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert engine._where_buildx_writes() == {}


def test_a_chosen_folder_that_cannot_be_written_is_told(monkeypatch):
    monkeypatch.setenv(caches.ENVIRONMENT, UNWRITABLE)
    with pytest.raises(PlimsollError, match=f"{caches.ENVIRONMENT}={UNWRITABLE} can't be written: name another"):
        caches.folder("facts")
