"""Why an image can't be pulled is told by cause and remedy, and no registry that answers is passed over."""

import os

import pytest

from plimsoll import engine, pulls
from plimsoll.errors import PlimsollError
from plimsoll.refusals import Kind
from workshop import bases

NAME = "registry.example:5443/x/y:1"
ASKED = (
    f'Error response from daemon: failed to resolve reference "{NAME}": failed to do request: '
    'Head "https://registry.example:5443/v2/x/y/manifests/1": '
)
UNTRUSTED = f"{ASKED}tls: failed to verify certificate: x509: certificate signed by unknown authority"
"""What Docker 28.5.2 says of a certificate that was made for a test."""

REFUSED = f"{ASKED}dial tcp 192.0.2.1:5443: connect: connection refused"
BROKEN = "unexpected status from HEAD request to https://registry.example:5443/v2/: 500 Internal Server Error"


class Docker:
    """A `docker` command of a test's, which counts how often it was asked."""

    def __init__(self, folder):
        self._folder = folder

    def does(self, *scripts):
        """Do each of these in turn, the last of them from then on."""
        cases = "\n".join(f"{number}) {script} ;;" for number, script in enumerate(scripts[:-1], 1))
        (self._folder / "docker").write_text(
            f'#!/bin/sh\necho "$*" >> {self._folder}/asked\ncase $(wc -l < {self._folder}/asked) in\n{cases}\n'
            f"*) {scripts[-1]} ;;\nesac\n"
        )
        (self._folder / "docker").chmod(0o755)

    def says(self, words):
        """Fail with these words."""
        self.does(f"echo '{words}' >&2; exit 1")

    @property
    def asked(self):
        """What it was called with, a line each."""
        file = self._folder / "asked"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """That command in front of the real one, no pause between two tries, and nothing known of a registry yet."""
    path = f"{tmp_path}:{os.environ['PATH']}"
    monkeypatch.setattr(engine, "environment", lambda: {"PATH": path})
    monkeypatch.setenv("PATH", path)
    monkeypatch.setattr(pulls, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(pulls, "_unreached", {})
    monkeypatch.setattr(pulls, "_failed", {})
    bases._say_once.cache_clear()
    return Docker(tmp_path)


def test_a_certificate_that_nobody_trusts_is_told_with_where_its_authority_belongs(docker):
    docker.says(UNTRUSTED)
    assert str(pulls.pull(NAME)) == (
        "the engine trusts nobody who signed the certificate of the registry registry.example:5443: save its "
        "authority's certificate as /etc/docker/certs.d/registry.example:5443/ca.crt "
        "(~/.config/docker/certs.d/registry.example:5443/ca.crt where the engine is rootless)"
    )
    assert len(docker.asked) == 1, "it would say the same again"


@pytest.mark.parametrize("words", [UNTRUSTED, BROKEN, "unauthorized", "not found", "unexpected EOF", "never heard of"])
def test_a_registry_that_answers_is_not_stood_in_for(docker, words):
    docker.says(words)
    with pytest.raises(PlimsollError, match=r"^Dockerfile:1 needs registry\.example:5443/x/y:1, and [^\n]*: [^\n]*$"):
        bases._pulled(NAME, "Dockerfile:1")


def test_a_registry_that_nobody_reaches_is_stood_in_for_and_asked_no_more(docker, capsys):
    docker.says(REFUSED)
    assert not bases._pulled(NAME, "Dockerfile:1")
    assert not bases._pulled("registry.example:5443/z:1", "Dockerfile:1")
    assert docker.asked == [f"pull {NAME}"]
    said = [line for line in capsys.readouterr().err.splitlines() if "pulling" not in line]
    assert said == [
        (
            "plimsoll: no registry answers, dial tcp 192.0.2.1:5443: connect: connection refused: bases that are "
            "missing are built from Debian's packages (see bases/README.md)"
        )
    ]
    assert not bases._pulled("busybox:1.37", "Dockerfile:1")
    assert docker.asked[1:] == ["pull busybox:1.37"], "another registry is another registry"


def test_a_registry_that_may_answer_in_a_while_is_asked_again_and_that_is_said(docker, capsys):
    docker.does(f"echo '{BROKEN}' >&2; exit 1", "echo pulled")
    assert pulls.pull(NAME) is None
    assert len(docker.asked) == 2
    again = f"pulling {NAME}: the registry is broken, 500 Internal Server Error; asked again in 0 s"
    assert again in capsys.readouterr().err


def test_what_is_said_in_several_lines_is_told_in_one(docker):
    docker.does("echo Pulling; echo 'error from registry: no layer' >&2; echo unknown >&2; exit 1")
    told = "the registry breaks off half-way, no layer, asked 3 times: try again later"
    assert str(pulls.pull(NAME)) == told


def test_it_is_not_asked_for_ever(docker):
    docker.says(BROKEN)
    refusal = pulls.pull(NAME)
    assert refusal.kind is Kind.PASSING
    assert str(refusal) == "the registry is broken, 500 Internal Server Error, asked 3 times: try again later"
    assert len(docker.asked) == 3


def test_a_registry_that_says_nothing_is_not_waited_for(docker, monkeypatch):
    monkeypatch.setattr(pulls, "SILENCE", 0.2)
    docker.does("exec sleep 60", "echo pulled")
    assert pulls.pull(NAME) is None
    assert len(docker.asked) == 2


def test_a_registry_that_does_not_come_to_its_end_is_not_waited_for(docker, monkeypatch):
    monkeypatch.setattr(pulls, "TIMEOUT", 0.2)
    docker.does("echo pulling; exec sleep 60")
    assert str(pulls.pull(NAME)) == "it does not come within 0 s: pull it by hand (`docker pull`)"
    assert len(docker.asked) == 1


def test_what_one_refuses_is_asked_for_once_in_a_run_and_told_of_the_base(docker, monkeypatch):
    monkeypatch.setattr(pulls, "is_here", lambda _: False)
    docker.says("unauthorized")
    assert pulls.missing(NAME) == pulls.missing(NAME) != ""
    assert len(docker.asked) == 1
    assert pulls.told([NAME]) == (
        f"base {NAME} can't be had: the registry wants a login for it, or does not have it: log in to it (`docker "
        "login`), or name an image that is everybody's"
    )


def test_where_a_base_came_from_is_said_once_and_told_whole(monkeypatch, capsys):
    pulled = bases.Base("busybox:1", "", "sha256:0123456789abcdef")
    stand_in = bases.Base("golang:1", "Debian's Go")
    monkeypatch.setattr(bases, "_told", set())
    bases._tell([pulled, stand_in])
    bases._tell([pulled, stand_in])
    said = "plimsoll: bases: busybox:1 pulled sha256:0123456789ab, golang:1 stand-in\n"
    assert capsys.readouterr().err == said
    assert [pulled.origin, stand_in.origin] == ["pulled, sha256:0123456789abcdef", "stand-in, Debian's Go"]
    assert bases.Base("x:1", "").origin == bases.Base("x:1", "").brief == "from no registry"


def test_bases_that_are_here_are_pulled_anew_where_that_is_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(bases, "here", lambda name: bases.Base(name, ""))
    monkeypatch.setattr(bases, "_is_outdated", lambda _: False)
    monkeypatch.setattr(bases, "_pulled", lambda name, _: asked.append(name) or name == "a:1")
    monkeypatch.setattr(bases, "_stand_in", lambda *_, **__: pytest.fail("what is here stays where no registry is"))
    bases.ensure({"a:1": "x", "b:1": "x"})
    assert asked == []
    bases.ensure({"a:1": "x", "b:1": "x"}, renew=True)
    assert asked == ["a:1", "b:1"]
