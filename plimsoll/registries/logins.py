"""Who one is to a registry: by the logins that `docker login` keeps, and the tokens that are given for them.

https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import base64
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from docker import auth
from docker.errors import DockerException

from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEME = re.compile(r"(?:^|,)\s*(Bearer|Basic)\s+", re.IGNORECASE)
PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True)
class Login:
    """A login that is kept for a registry; empty where there is none.

    Attributes:
        name: the user's.
        password: the user's, or a token in its place.
        identity: a token that others are given for.

    """

    name: str = ""
    password: str = ""
    identity: str = ""

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.name or self.password or self.identity)

    @property
    def basic(self) -> str:
        """The value of the header `Authorization` that tells it."""
        return f"Basic {base64.b64encode(f'{self.name}:{self.password}'.encode()).decode()}"


@dataclass(frozen=True)
class Challenge:
    """How a registry wants to be told who asks.

    Attributes:
        scheme: `basic` or `bearer`.
        realm: of a token, the address of who gives it.
        service: of a token, for whom it is.
        scope: of a token, for what it is.

    """

    scheme: str
    realm: str = ""
    service: str = ""
    scope: str = ""


@functools.cache
def kept(host: str) -> Login:
    """The login that is kept for a registry, by `docker login` or by one of its credential helpers.

    Raises:
        PlimsollError: the file that keeps it can't be understood, or the helper fails.

    """
    try:
        found: dict[str, Any] = auth.resolve_authconfig(auth.load_config(), host) or {}
    except (DockerException, OSError, ValueError, TypeError, AttributeError) as error:
        words = " ".join(str(error).split())[:200]
        raise PlimsollError(f"the login for {host} can't be read, {words}", "log in again (`docker login`)") from error
    # The configuration has small letters, the helpers have large ones.
    said = {name.lower(): str(value) for name, value in found.items() if value}
    return Login(said.get("username", ""), said.get("password", ""), said.get("identitytoken", ""))


def challenges(header: str) -> Iterator[Challenge]:
    """What the header `WWW-Authenticate` says, in its order."""
    schemes = list(SCHEME.finditer(header))
    for number, found in enumerate(schemes):
        end = schemes[number + 1].start() if number + 1 < len(schemes) else len(header)
        said = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
            for name, quoted, plain in PARAMETER.findall(header[found.end() : end])
        }
        yield Challenge(found[1].lower(), *(said.get(name, "") for name in ("realm", "service", "scope")))


def origin(address: str) -> tuple[str, str, int | None]:
    """What two addresses have in common that one login is for: scheme, host, port."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
