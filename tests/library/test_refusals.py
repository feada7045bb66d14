"""What an engine says of a pull that failed is read for what follows: stand in, ask again, or tell and stop."""

import pytest

from plimsoll import refusals
from plimsoll.refusals import Kind

DAEMON = "Error response from daemon: "
RESOLVING = f'{DAEMON}failed to resolve reference "registry.example/x:1": '
ASKING = 'failed to do request: Head "https://registry.example/v2/x/manifests/1?ns=registry.example": '
HEAD = "unexpected status from HEAD request to http://127.0.0.1:5001/v2/x/manifests/1?ns=registry.example: "
OF_TOKENS = 'failed to authorize: failed to fetch anonymous token: Get "https://auth.example/token?scope=x": '
BLOB = 'failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://cdn.example/blobs/1": '
OLDER = f'{DAEMON}Get "https://registry.example/v2/": '
"""What Docker 28.5.2 says, and what engines without containerd's store do; the addresses are made up."""


@pytest.mark.parametrize(
    ("words", "kind", "cause"),
    [
        (
            f"{RESOLVING}{ASKING}dial tcp: lookup registry.example on 10.0.0.1:53: no such host",
            Kind.UNREACHED,
            "no registry answers, dial tcp: lookup registry.example on 10.0.0.1:53: no such host",
        ),
        (
            f"{RESOLVING}{ASKING}dial tcp 127.0.0.1:5001: connect: connection refused",
            Kind.UNREACHED,
            "no registry answers, dial tcp 127.0.0.1:5001: connect: connection refused",
        ),
        (
            f"{OLDER}dial tcp 192.0.2.1:443: i/o timeout",
            Kind.UNREACHED,
            "no registry answers, dial tcp 192.0.2.1:443: i/o timeout",
        ),
        (
            (
                f"{OLDER}net/http: request canceled while waiting for connection (Client.Timeout exceeded while "
                "awaiting headers)"
            ),
            Kind.UNREACHED,
            (
                "no registry answers, net/http: request canceled while waiting for connection (Client.Timeout exceeded "
                "while awaiting headers)"
            ),
        ),
        (f"{OLDER}Forbidden", Kind.UNREACHED, "no registry answers, a proxy says Forbidden"),
        (
            f"{OLDER}net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
            Kind.PASSING,
            "the registry broke off, net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
        ),
        (
            f"{OLDER}net/http: TLS handshake timeout",
            Kind.PASSING,
            "the registry broke off, net/http: TLS handshake timeout",
        ),
        (
            f"{RESOLVING}{OF_TOKENS}dial tcp: lookup auth.example: no such host",
            Kind.PASSING,
            "the registry sends on to where nobody is reached, dial tcp: lookup auth.example: no such host",
        ),
        (
            f"{BLOB}dial tcp 192.0.2.1:443: i/o timeout",
            Kind.PASSING,
            "the registry sends on to where nobody is reached, dial tcp 192.0.2.1:443: i/o timeout",
        ),
        (
            f"{DAEMON}unknown: {RESOLVING.removeprefix(DAEMON)}{HEAD}429 Too Many Requests",
            Kind.PASSING,
            "the registry allows no more pulls for now, 429 Too Many Requests",
        ),
        (
            f"{DAEMON}toomanyrequests: You have reached your pull rate limit.",
            Kind.PASSING,
            "the registry allows no more pulls for now, toomanyrequests: You have reached your pull rate limit.",
        ),
        (
            f"{DAEMON}unknown: {RESOLVING.removeprefix(DAEMON)}{HEAD}500 Internal Server Error",
            Kind.PASSING,
            "the registry is broken, 500 Internal Server Error",
        ),
        (
            f"{DAEMON}received unexpected HTTP status: 503 Service Unavailable",
            Kind.PASSING,
            "the registry is broken, 503 Service Unavailable",
        ),
        ("error from registry: unknown, unknown", Kind.PASSING, "the registry breaks off half-way, unknown"),
        (
            "error from registry: slow down please, toomanyrequests: x",
            Kind.PASSING,
            "the registry allows no more pulls for now, error from registry: slow down please, toomanyrequests: x",
        ),
        (f"{RESOLVING}{ASKING}EOF", Kind.PASSING, "the registry broke off, EOF"),
        (
            "short read: expected 1242 bytes but got 621: unexpected EOF",
            Kind.PASSING,
            "the registry broke off, short read: expected 1242 bytes but got 621: unexpected EOF",
        ),
        (
            f"{DAEMON}unknown: {RESOLVING.removeprefix(DAEMON)}{HEAD}401 Unauthorized",
            Kind.FINAL,
            "the registry wants a login for it, or does not have it, 401 Unauthorized",
        ),
        (
            (
                f"{DAEMON}pull access denied for x, repository does not exist or may require 'docker login': denied: "
                "requested access to the resource is denied"
            ),
            Kind.FINAL,
            "the registry wants a login for it, or does not have it",
        ),
        (f"{RESOLVING}{HEAD}418 I'm a teapot", Kind.FINAL, "the registry refuses it, 418 I'm a teapot"),
        (f"{RESOLVING}registry.example/x:1: not found", Kind.FINAL, "the registry does not have it"),
        (f"{DAEMON}manifest unknown", Kind.FINAL, "the registry does not have it"),
        (
            "no matching manifest for linux/arm64/v8 in the manifest list entries: not found",
            Kind.FINAL,
            "the registry does not have it for this platform",
        ),
        (
            f"{RESOLVING}{ASKING}tls: failed to verify certificate: x509: certificate signed by unknown authority",
            Kind.FINAL,
            "the engine trusts nobody who signed the certificate of the registry registry.example",
        ),
        (
            f"{RESOLVING}{ASKING}tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
            Kind.FINAL,
            "the engine does not accept the registry's certificate, certificate has expired or is not yet valid",
        ),
        (
            "failed to unpack image on snapshotter overlayfs: unexpected media type text/html for sha256:58: not found",
            Kind.FINAL,
            "what answers is no registry, unexpected media type text/html",
        ),
        (
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
            Kind.FINAL,
            (
                "it can't be pulled, Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker "
                "daemon running?"
            ),
        ),
        (
            "write /blob: no space left on device",
            Kind.FINAL,
            "it can't be pulled, write /blob: no space left on device",
        ),
        ("", Kind.FINAL, "it can't be pulled, no reason given"),
    ],
)
def test_what_an_engine_says_of_a_pull_is_understood(words, kind, cause):
    refusal = refusals.read(words)
    assert (refusal.kind, refusal.cause) == (kind, cause)
    assert refusal.remedy
    assert "\n" not in str(refusal)
