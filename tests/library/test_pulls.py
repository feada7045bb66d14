"""Why an image can't be pulled is told by cause and remedy, and no registry that answers is passed over."""

import os

import pytest

from plimsoll import engine, pulls
from plimsoll.errors import PlimsollError
from workshop import bases

NAME = "registry.example:5443/x/y:1"
SAID = (
    f'Error response from daemon: failed to resolve reference "{NAME}": failed to do request: '
    'Head "https://registry.example:5443/v2/x/y/manifests/1": tls: failed to verify certificate: x509: '
)
UNTRUSTED = f"{SAID}certificate signed by unknown authority"
"""What Docker 28.5.2 says of a certificate that was made for a test."""

EXPIRED = f"{SAID}certificate has expired or is not yet valid"


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """A `docker` command that pulls nothing, and says why."""

    def says(words):
        (tmp_path / "docker").write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
        (tmp_path / "docker").chmod(0o755)
        monkeypatch.setattr(engine, "environment", lambda: {"PATH": f"{tmp_path}:{os.environ['PATH']}"})
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return says


def test_a_certificate_that_nobody_trusts_is_told_with_where_its_authority_belongs(docker):
    docker(UNTRUSTED)
    assert pulls.pull(NAME) == (
        "the engine trusts nobody who signed the certificate of the registry registry.example:5443: save its "
        "authority's certificate as /etc/docker/certs.d/registry.example:5443/ca.crt "
        "(~/.config/docker/certs.d/registry.example:5443/ca.crt where the engine is rootless)"
    )


@pytest.mark.parametrize("words", [EXPIRED, "dial tcp: lookup registry.example: no such host"])
def test_any_other_reason_is_told_as_it_is(docker, words):
    docker(words)
    assert pulls.pull(NAME) == words


def test_a_registry_that_is_not_trusted_is_not_stood_in_for(docker):
    docker(UNTRUSTED)
    with pytest.raises(PlimsollError, match=r"^Dockerfile:1 needs .*, and the engine trusts nobody who .*: save its"):
        bases._pulled(NAME, "Dockerfile:1")
