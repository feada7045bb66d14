"""With the engine of another machine, over TCP or SSH, is judged as here, or one line says why not.

It is this machine's own engine, by an address that does not say so.
"""

import json
import os
import shutil
import socket

import pytest

from plimsoll import engine
from plimsoll.facts.run.forward import Forward

pytestmark = [
    pytest.mark.xdist_group("check"),
    pytest.mark.skipif(not engine.host().startswith("unix://"), reason="the engine here is another machine's itself"),
]

IMAGE = "plimsoll/go-gin:prod"
DEEP = ["--rule=image.has_no_shell", "--rule=answers_its_endpoints", "--rule=stops_when_told"]

SSH = """#!/bin/sh
while [ "$1" != -- ]; do shift; done
[ "$2" = engine.example ] || { echo "ssh: Could not resolve hostname $2: Name or service not known" >&2; exit 255; }
shift 2
exec env DOCKER_HOST=%s sh -c "$*"
"""
"""What stands for SSH: of its options it heeds none, and one machine it knows."""


@pytest.fixture
def tcp():
    """The engine's address over TCP."""

    def dial():
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(engine.host().removeprefix("unix://"))
        return connection

    forward = Forward(dial)
    yield f"tcp://127.0.0.1:{forward.port}"
    forward.close()


@pytest.fixture
def path(tmp_path):
    """A PATH with that SSH."""
    (tmp_path / "ssh").write_text(SSH % engine.host())
    (tmp_path / "ssh").chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


def judged(done):
    assert "{" in done.said, done.errors
    results = json.loads(done.said)["results"]
    assert len(results) == len(DEEP)
    assert not any(each["not_judged"] for each in results), results
    return results


def test_over_tcp_and_ssh_the_verdict_is_the_same(check, tcp, path):
    asked = [IMAGE, *DEEP, "--output=json", "--quiet"]
    here = check(*asked)
    for address in (tcp, "ssh://ann@engine.example"):
        there = check(*asked, DOCKER_HOST=address, PATH=path)
        assert (there.code, there.errors) == (here.code, here.errors)
        assert judged(there) == judged(here)
        assert there.left == []


def test_a_folder_is_built_and_judged_over_ssh(check, path, tmp_path):
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text('FROM busybox:1.37-musl\nCOPY Dockerfile /\nENTRYPOINT ["/bin/httpd", "-f"]\n')
    done = check(folder, "--rule=image.has_no_shell", "--fail-on=note", DOCKER_HOST="ssh://engine.example", PATH=path)
    assert done.code == 1, done.said + done.errors
    assert "image.has_no_shell" in done.said


def test_a_machine_that_is_not_reached_is_told_in_the_words_of_ssh(check, path):
    done = check(IMAGE, DOCKER_HOST="ssh://ann@nowhere.example", PATH=path)
    assert (done.code, done.said) == (2, "")
    assert done.errors == (
        "plimsoll: no engine answers (ssh://ann@nowhere.example, "
        "ssh: Could not resolve hostname nowhere.example: Name or service not known): "
        "start Docker there, or unset DOCKER_HOST, which names that address\n"
    )


def test_without_the_docker_command_ssh_is_told(check, tmp_path):
    (tmp_path / "env").symlink_to(shutil.which("env"))
    done = check(IMAGE, DOCKER_HOST="ssh://ann@engine.example", PATH=str(tmp_path))
    assert (done.code, done.said) == (2, "")
    (line,) = done.errors.splitlines()
    assert line.startswith("plimsoll: no engine answers (ssh://ann@engine.example, the `docker` command is missing, ")
