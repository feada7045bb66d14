"""A private repository is cloned from a real SSH server, with a key that leaves no trace."""

import shutil

import pytest

from plimsoll.facts.image import image
from plimsoll.facts.run import container
from workshop import inside


@pytest.fixture(scope="module")
def server(build_image):
    """The SSH server with the repository."""
    name = build_image("--file=server.Dockerfile", ".")
    with container.started(name) as running:
        running.wait_until("accepted a connection", lambda: "Server listening" in running.logs())
        yield running


@pytest.fixture(scope="module")
def key_file(server, tmp_path_factory):
    """A function that gives a private key of the server's file system as a file here."""

    def fetch(path):
        file = tmp_path_factory.mktemp("key") / "key"
        file.write_text(inside.inside(server).check_output(f"cat {path}") + "\n")
        file.chmod(0o600)
        return file

    return fetch


@pytest.fixture(scope="module")
def key(key_file):
    """The private key that the server lets in."""
    return key_file("/key")


@pytest.fixture
def context(lesson, server, tmp_path):
    """The lesson's folder, knowing the server."""
    folder = tmp_path / "context"
    folder.mkdir()
    shutil.copy(lesson / "Dockerfile", folder)
    host_key = inside.inside(server).check_output("cat /etc/ssh/ssh_host_ed25519_key.pub")
    (folder / "known_hosts").write_text(f"git.example {host_key}\n")
    return folder


@pytest.fixture
def clone(docker_build, server, context, new_tag):
    """Build the lesson's image with the given options: its record, and the image's name."""

    def run(*options):
        name = new_tag()
        host = f"--add-host=git.example:{server.address}"
        return docker_build("--no-cache-filter=clone", host, f"--tag={name}", *options, str(context)), name

    return run


def test_the_repository_is_cloned_and_the_key_is_nowhere(clone, key):
    """Neither in the image nor in the layers of the stage that used it."""
    needle = key.read_bytes().splitlines()[2]
    for target in ("", "clone"):
        record, name = clone(f"--ssh=default={key}", f"--target={target}")
        assert record.code == 0, record.failure
        cloned, found = False, []
        for path, content in image.contents(name):
            cloned = cloned or (path, content) == ("charts/harbour.txt", b"soundings of the harbour\n")
            if needle in content:
                found.append(path)
        assert cloned
        assert found == []


def test_without_the_key_there_is_no_build(clone):
    record, _ = clone()
    assert record.code != 0
    assert "ssh" in record.failure


def test_a_key_that_the_server_does_not_know_is_refused(clone, server, key_file):
    inside.inside(server).check_output("ssh-keygen -q -t ed25519 -N '' -f /stranger")
    record, _ = clone(f"--ssh=default={key_file('/stranger')}")
    assert record.code != 0
    assert "Permission denied (publickey)" in record.failure


def test_a_server_that_nobody_vouched_for_is_refused(clone, context, key):
    (context / "known_hosts").write_text("")
    record, _ = clone(f"--ssh=default={key}")
    assert record.code != 0
    assert "Host key verification failed" in record.failure
