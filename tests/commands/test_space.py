"""A disk without room is told before a run begins, not by whatever test meets it."""

import collections

import pytest

from plimsoll.errors import PlimsollError
from workshop import space

Usage = collections.namedtuple("Usage", "total used free")


@pytest.fixture
def free(monkeypatch):
    def set_free(size):
        monkeypatch.setattr(space.engine, "info", lambda: {"DockerRootDir": "/var/lib/docker"})
        monkeypatch.setattr(space.shutil, "disk_usage", lambda _: Usage(10**12, 0, size))

    return set_free


def test_a_full_disk_is_refused(free):
    free(686 * 10**6)
    with pytest.raises(
        PlimsollError, match=r"686 MB are free in /var/lib/docker.*takes 2.00 GB .*: `docker builder pr"
    ):
        space.require()


def test_little_room_is_told(free, capsys):
    free(5 * 10**9)
    space.require()
    assert "5.00 GB are free in /var/lib/docker" in capsys.readouterr().err


def test_enough_is_not_spoken_of(free, capsys):
    free(7 * 10**9)
    space.require()
    assert capsys.readouterr().err == ""


def test_a_disk_that_is_another_machines_is_not_judged(monkeypatch, capsys):
    monkeypatch.setattr(space.engine, "info", lambda: {"DockerRootDir": "/nowhere/on/this/machine"})
    space.require()
    assert capsys.readouterr().err == ""
