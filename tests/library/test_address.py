"""Where no engine answers, one line says who named it, why nobody is there, and who is to start what."""

import grp
import os
import pwd
import re
import socket
import stat
from types import SimpleNamespace

import pytest

from plimsoll import address
from plimsoll.address import Address

ME = pwd.getpwuid(os.getuid()).pw_name
ROOTLESS = "or run a rootless engine (`dockerd-rootless-setuptool.sh install`)"


@pytest.fixture
def listener(tmp_path):
    """The address of a socket, as an engine's is: its group may write to it."""
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        path.chmod(0o660)
        listening.listen()
        yield Address(f"unix://{path}")


@pytest.fixture
def another(monkeypatch):
    """Has the socket belong to a group, and this process be a user who may not write to it, whoever runs the suite."""

    def of(group, members=(), mode=0o660):
        monkeypatch.setattr(os, "access", lambda *_: False)
        file = SimpleNamespace(st_gid=group, st_mode=stat.S_IFSOCK | mode)
        monkeypatch.setattr(address.Path, "stat", lambda *_, **__: file)
        monkeypatch.setattr(grp, "getgrgid", lambda _: SimpleNamespace(gr_name="docker", gr_mem=list(members)))

    return of


def test_who_may_speak_to_the_engine_is_not_refused(listener):
    assert listener.is_listened_to
    assert address.refused(listener) is None
    assert address.refused(Address("unix:///nowhere/docker.sock")) is None
    assert address.refused(Address("tcp://127.0.0.1:2375")) is None


@pytest.mark.parametrize(
    ("owned", "told"),
    [
        (
            {"group": 998},
            (
                ", being outside the group docker: join it "
                f"(`sudo usermod --append --groups docker {ME}`, then log in again), {ROOTLESS}"
            ),
        ),
        ({"group": 998, "members": [ME]}, ": it joined the group docker after it logged in: log in again"),
        ({"group": 998, "mode": 0o600}, f", which is another user's: set DOCKER_HOST to your own, {ROOTLESS}"),
        ({"group": 0}, f", which is another user's: set DOCKER_HOST to your own, {ROOTLESS}"),
    ],
    ids=["outside_the_group", "not_logged_in_again", "anothers_own", "roots_own"],
)
def test_who_may_not_is_told_the_group_and_the_rootless_way(listener, another, owned, told):
    another(**owned)
    assert str(address.refused(listener)) == f"this user may not speak to the Docker Engine at {listener.text}{told}"


def test_a_socket_in_anothers_folder_is_told(monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(address.Path, "is_socket", refuse)
    told = str(address.refused(Address("unix:///run/user/7/docker.sock")))
    assert told.startswith(
        "this user may not speak to the Docker Engine at unix:///run/user/7/docker.sock, in another user's folder: "
    )


def test_a_socket_that_nobody_listens_on_is_told_from_none(tmp_path):
    left = Address(f"unix://{tmp_path}/left.sock")
    with socket.socket(socket.AF_UNIX) as ended:
        ended.bind(str(left.file))
    assert not left.is_listened_to
    assert str(address.unanswered(left)).startswith(
        f"no engine answers ({left.text}, a socket that nobody listens on): start Docker (`sudo systemctl start docker`"
    )
    none = Address(f"unix://{tmp_path}/none.sock")
    assert not none.is_listened_to
    assert str(address.unanswered(none)).startswith(f"no engine answers ({none.text}): start Docker (`sudo")


@pytest.mark.parametrize(
    ("where", "remedy"),
    [
        (
            Address("unix:///h/.docker/desktop/docker.sock", context="desktop-linux"),
            "start Docker Desktop, or leave the context desktop-linux (`docker context use default`)",
        ),
        (
            Address("unix:///h/.colima/docker.sock", "DOCKER_CONTEXT", "colima"),
            "start Docker there, or leave the context colima (unset DOCKER_CONTEXT)",
        ),
        (
            Address("tcp://10.0.0.9:2375", "DOCKER_HOST"),
            "start Docker there, or unset DOCKER_HOST, which names that address",
        ),
    ],
    ids=["a_stopped_desktop", "a_context_of_a_variable", "docker_host"],
)
def test_who_named_an_engine_that_does_not_answer_is_told(where, remedy):
    assert str(address.unanswered(where)) == f"no engine answers ({where.text}): {remedy}"


@pytest.fixture
def ranges(tmp_path, monkeypatch):
    """A user who is not root, with a folder for sockets; who has which ranges of numbers is for the test to write."""
    files = tmp_path / "subuid", tmp_path / "subgid"
    monkeypatch.setattr(address, "RANGES", tuple(map(str, files)))
    monkeypatch.setattr(address, "NAMES", tmp_path / "nsswitch.conf")
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_name="ann"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return files


def test_missing_ranges_of_a_rootless_engine_are_told(ranges, tmp_path):
    uids, gids = ranges
    own = Address(f"unix://{tmp_path}/docker.sock", context="rootless")
    uids.write_text("anna:100000:65536\n")
    lacking = (
        f", and a rootless one can't start, since {uids} and {gids} give ann no range: `sudo usermod --add-subuids"
    )
    assert lacking in str(address.unanswered(own))
    uids.write_text("ann:100000:65536\n")
    assert f"can't start, since {gids} give" in str(address.unanswered(own))
    gids.write_text("1000:100000:65536\n")
    assert "rootless one" not in str(address.unanswered(own))


@pytest.mark.usefixtures("ranges")
def test_ranges_are_no_matter_of_roots_engine_or_where_another_service_gives_them(tmp_path):
    assert "rootless one" not in str(address.unanswered(Address("unix:///var/run/docker.sock")))
    (tmp_path / "nsswitch.conf").write_text("passwd: files\nsubid: sss\n")
    assert "rootless one" not in str(address.unanswered(Address(f"unix://{tmp_path}/docker.sock")))


TYPED = [
    "unix//var/run/docker.sock",
    "unix:/var/run/docker.sock",
    "unix://var/run/docker.sock",
    "/var/run/docker.sock",
    "tpc://10.0.0.9:2375",
    "tcp:/10.0.0.9:2375",
    "tcp:///10.0.0.9",
    "ssh:user@host",
    "localhost",
    "unix:///var/run/docker.sock ",
]
RIGHT = [
    "unix:///var/run/docker.sock",
    "unix:///run/user/1000/docker.sock",
    "tcp://10.0.0.9:2375",
    "tcp://[::1]:2375",
    "tcp://engine.example",
    "http://localhost:2375",
    "localhost:2375",
    ":2375",
    "[::1]:2375",
    "ssh://ann@host:22/run/docker.sock",
    "npipe:////./pipe/docker_engine",
]


@pytest.mark.parametrize("typed", TYPED)
def test_what_docker_host_can_not_mean_is_told_with_what_it_can(monkeypatch, typed):
    monkeypatch.setenv("DOCKER_HOST", typed)
    told = f"DOCKER_HOST={typed} is no address of an engine: write it as in unix:///var/run/docker.sock, "
    with pytest.raises(address.PlimsollError, match=f"^{re.escape(told)}tcp://HOST:2376 or ssh://USER@HOST, or unset"):
        address.found()


@pytest.mark.parametrize("right", RIGHT)
def test_what_the_docker_command_understands_is_an_address(monkeypatch, right):
    monkeypatch.setenv("DOCKER_HOST", right)
    assert address.found() == Address(right, "DOCKER_HOST")


def test_a_context_that_there_is_not_is_told(monkeypatch):
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONTEXT", "nowhere")
    told = re.escape("DOCKER_CONTEXT=nowhere names no context of the `docker` command: see `docker context ls`, or")
    with pytest.raises(address.PlimsollError, match=told):
        address.found()


@pytest.mark.parametrize(
    ("text", "here"),
    [
        *((text, True) for text in ("unix:///x", "tcp://127.0.0.1:2375", "localhost:2375", "tcp://[::1]:1", ":2375")),
        *((text, False) for text in ("tcp://10.0.0.9:2375", "tcp://127.example:1", "ssh://localhost", "host:2375")),
    ],
)
def test_whose_machine_it_is_can_be_told_from_the_address(text, here):
    assert Address(text).is_here == here


@pytest.mark.parametrize(
    ("where", "variables", "by_command"),
    [
        (Address("ssh://ann@host", "DOCKER_HOST"), {}, True),
        (Address("tcp://10.0.0.9:2376", "DOCKER_HOST"), {"DOCKER_TLS_VERIFY": "1"}, True),
        (Address("tcp://10.0.0.9:2376", context="there"), {}, True),
        (Address("tcp://10.0.0.9:2375", "DOCKER_HOST"), {"DOCKER_TLS_VERIFY": ""}, False),
        (Address("unix:///x/docker.sock", context="desktop-linux"), {"DOCKER_TLS_VERIFY": "1"}, False),
    ],
)
def test_certificates_and_ssh_are_left_to_the_docker_command(monkeypatch, where, variables, by_command):
    monkeypatch.delenv("DOCKER_TLS", raising=False)
    monkeypatch.delenv("DOCKER_TLS_VERIFY", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert where.is_spoken_to_by_command == by_command
