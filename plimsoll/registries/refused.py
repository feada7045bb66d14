"""Why a registry gave nothing, in one line: read from what it answers, or from how a connection to it fails."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from urllib3 import exceptions

from plimsoll.errors import PlimsollError
from plimsoll.refusals import ANOTHER, LATER, LOGIN, Kind, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = re.compile(r"[A-Z_]{1,64}")
"""How registries call what went wrong, beside their words, which may be of any length and any bytes."""

TRUST = "name its authority's certificate by REQUESTS_CA_BUNDLE, or save it as /etc/docker/certs.d/{}/ca.crt"
WANTS = "wants a login for it, or does not have it"
AGAIN = "log in again (`docker login`)"
REACH = "see that its name is resolved and that its port is open from here"
BELIEVE = "believe nothing of it, and see who answers at its address"


class RefusedError(PlimsollError):
    """A registry did not give what it was asked for.

    Args:
        what: that was asked for.
        refusal: why it was not given.

    Attributes:
        kind: what follows from it.

    """

    def __init__(self, what: str, refusal: Refusal) -> None:
        super().__init__(f"{what} can't be read, {refusal.cause}", refusal.remedy)
        self.kind = refusal.kind


class MissingError(RefusedError):
    """A registry that answers does not have what it was asked for."""


def answer(host: str, status: int, content: bytes, *, known: bool) -> Refusal:
    """What it means that a registry answers with an error.

    Args:
        host: the registry.
        status: its status code.
        content: the beginning of what it says beside that.
        known: whether it was given a login.

    """
    words = " ".join(filter(None, (str(status), _phrase(status), _code(content))))
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refusal(Kind.PASSING, f"{host} is broken, {words}", LATER)
    unauthorised = ("does not take the login that is kept for it", AGAIN)
    meant: dict[int, tuple[Kind, str, str]] = {
        HTTPStatus.UNAUTHORIZED: (Kind.FINAL, *(unauthorised if known else (WANTS, LOGIN))),
        HTTPStatus.FORBIDDEN: (Kind.FINAL, f"does not allow it, {words}", "log in as somebody who may"),
        HTTPStatus.NOT_FOUND: (Kind.FINAL, "does not have it", ANOTHER),
        HTTPStatus.TOO_MANY_REQUESTS: (Kind.PASSING, f"allows no more for now, {words}", "wait, or log in to it"),
    }
    kind, does, remedy = meant.get(status, (Kind.FINAL, f"refuses it, {words}", "see that it is a registry"))
    return Refusal(kind, f"{host} {does}", remedy)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""


def _code(content: bytes) -> str:
    """What a registry calls it, empty where it says nothing that can be understood."""
    try:
        code: Any = json.loads(content)["errors"][0]["code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return code if isinstance(code, str) and CODE.fullmatch(code) else ""


def failure(host: str, error: Exception) -> Refusal:
    """What it means that a connection to a registry does not come about, or breaks off."""
    causes = list(_causes(error))
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _untrusted(host, each)
    for each in causes:
        if isinstance(each, ssl.SSLError):
            words = str(each.reason or each).lower().replace("_", " ")
            return Refusal(Kind.FINAL, f"{host} speaks no TLS that is understood, {words}", BELIEVE)
    reason = next(filter(None, map(_reason, causes)), type(error).__name__)
    if any(isinstance(each, exceptions.ProxyError) for each in causes):
        return Refusal(Kind.UNREACHED, f"the proxy before {host} does not lead there, {reason}", REACH)
    if any(isinstance(each, exceptions.NewConnectionError | exceptions.ConnectTimeoutError) for each in causes):
        return Refusal(Kind.UNREACHED, f"no registry answers at {host}, {reason}", REACH)
    return Refusal(Kind.PASSING, f"{host} breaks off, {reason}", LATER)


def _untrusted(host: str, error: ssl.SSLCertVerificationError) -> Refusal:
    # What OpenSSL says where nobody that is trusted has signed it: the numbers 18 to 21.
    if error.verify_code in range(18, 22):
        return Refusal(
            Kind.FINAL, f"nobody is trusted who signed the certificate of {host}", TRUST.format(host.strip("[]"))
        )
    words = error.verify_message.strip().rstrip(".")
    return Refusal(
        Kind.FINAL,
        f"the certificate of {host} is not accepted, {words}",
        "have it renewed, or set this machine's clock right",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it was made of: the libraries wrap them, each in its own way."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__context__, each.__cause__, getattr(each, "reason", None), *each.args]


def _reason(error: BaseException) -> str:
    """What an error says itself that was not made of another; empty where it only tells where it comes from."""
    if isinstance(error, TimeoutError):
        return "it says nothing for too long"
    if isinstance(error, exceptions.IncompleteRead | http.client.IncompleteRead):
        return "it ends early"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) if isinstance(error, http.client.RemoteDisconnected) else ""
