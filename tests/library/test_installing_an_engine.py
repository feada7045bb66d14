"""What is installed where no engine answers is told before, with how to undo it; a word of the user's forbids it."""

from types import SimpleNamespace

import pytest

from plimsoll import engine
from plimsoll.address import DEFAULT, Address
from plimsoll.errors import PlimsollError
from workshop import engine_setup, packages

FILES = ("SOURCES", "PREFERENCES", "DAEMON_JSON")


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A Debian 12 without an engine, as root: what apt-get is asked for, what was told, what had been written then."""
    made = SimpleNamespace(
        release={"ID": "debian", "VERSION_ID": "12"}, asked=[], told="", before=None, folder=tmp_path
    )

    def tell(words):
        made.told, made.before = words, made.files()

    made.files = lambda: sorted(str(each) for each in tmp_path.iterdir())
    monkeypatch.setattr(engine, "where", lambda: Address(DEFAULT))
    monkeypatch.delenv(packages.ENVIRONMENT, raising=False)
    monkeypatch.setattr(engine, "answers", lambda: False)
    monkeypatch.setattr(engine, "info", lambda: None)
    monkeypatch.setattr(engine, "plugin_version", lambda _: "")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: made.release)
    monkeypatch.setattr(engine_setup, "debian_sources", lambda: [{"URIs": "https://example.org/debian"}])
    monkeypatch.setattr(engine_setup, "_start", lambda: made.asked.append("start"))
    monkeypatch.setattr(packages, "_apt", lambda *words: made.asked.append(words[0]))
    monkeypatch.setattr(packages, "tell", tell)
    for name in FILES:
        monkeypatch.setattr(engine_setup, name, tmp_path / name.lower())
    return made


def undone(told):
    """The packages and the files that are to be removed, as they are told."""
    purged, _, removed = told.partition("; to undo it: apt-get purge --autoremove ")[2].partition(" && rm ")
    return purged.split(), sorted(removed.split())


def test_it_is_told_before_anything_is_written(machine):
    engine_setup.ensure_answering()
    assert machine.before == []
    assert machine.asked == ["update", "install", "start"]
    assert machine.told.startswith(
        "docker.io docker-cli docker-buildx docker-compose will be installed from Debian testing;"
    )
    assert undone(machine.told) == ([*engine_setup.DEBIAN_PACKAGES], machine.files())
    assert len(machine.files()) == len(FILES)


@pytest.mark.parametrize(
    ("release", "suite", "names"),
    [
        ({"ID": "debian", "VERSION_ID": "14"}, "Debian", engine_setup.DEBIAN_PACKAGES),
        ({"ID": "ubuntu", "VERSION_ID": "24.04"}, "Ubuntu", engine_setup.UBUNTU_PACKAGES),
    ],
)
def test_what_stands_there_already_is_not_to_be_removed(machine, release, suite, names):
    machine.release.update(release)
    engine_setup.DAEMON_JSON.write_text("{}")
    engine_setup.ensure_answering()
    assert f" from {suite};" in machine.told
    assert undone(machine.told) == ([*names], [])


def test_a_word_of_the_users_forbids_it(machine, monkeypatch):
    monkeypatch.setenv(packages.ENVIRONMENT, "0")
    with pytest.raises(PlimsollError, match=r"^no engine answers \(.*\), and PLIMSOLL_INSTALL=0 forbids to install"):
        engine_setup.ensure_answering()
    assert (machine.asked, machine.told, machine.files()) == ([], "", [])


def test_an_engine_that_is_there_is_started_all_the_same(machine, monkeypatch):
    monkeypatch.setenv(packages.ENVIRONMENT, "0")
    monkeypatch.setattr(engine_setup, "_complete", lambda: True)
    engine_setup.ensure_answering()
    assert (machine.asked, machine.told) == (["start"], "")
