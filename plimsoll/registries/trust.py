"""Whom a registry's certificate may be signed by: those whom this machine trusts, and those that its engine does."""

from __future__ import annotations

import functools
import ipaddress
import os
import ssl
from pathlib import Path

from plimsoll.errors import PlimsollError

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""What names those who are trusted in place of the machine's own; OpenSSL itself follows SSL_CERT_FILE."""

FOLDERS = ("/etc/docker/certs.d", "~/.config/docker/certs.d", "~/.docker/certs.d")
"""Where engines are told whom to trust, a folder each registry."""


@functools.cache
def context(host: str) -> ssl.SSLContext:
    """How connections to a registry are secured.

    Raises:
        PlimsollError: what is trusted can't be read.

    """
    name, bundle = next(((each, os.environ[each]) for each in BUNDLES if os.environ.get(each)), ("", ""))
    path = Path(bundle)
    try:
        made = ssl.create_default_context(
            cafile=bundle if bundle and not path.is_dir() else None, capath=bundle if bundle and path.is_dir() else None
        )
        for file in of_engines(host):
            name, bundle = "the engine's folder", str(file)
            made.load_verify_locations(file)
    except (OSError, ssl.SSLError) as error:
        raise PlimsollError(
            f"{name} names {bundle}, in which no certificate can be read", "fix or remove it"
        ) from error
    return made


def of_engines(host: str) -> list[Path]:
    """The certificates of those whom the engine is told to trust, for a registry."""
    folders = [Path(os.path.expanduser(each), host) for each in FOLDERS]  # noqa: PTH111 - where there is no home too
    return [file for folder in folders for file in sorted(folder.glob("*.crt")) if os.access(file, os.R_OK)]


def is_near(host: str) -> bool:
    """Whether a host, with or without a port, is this machine itself: only there a login may go unencrypted."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"
