"""Asking one registry over HTTP: who asks is told to it alone, and what it refuses for now is asked for again."""

from __future__ import annotations

import functools
import json
import time
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from plimsoll.errors import UnreadableError
from plimsoll.refusals import Kind, Refusal
from plimsoll.registries import logins, refused, trust
from plimsoll.registries.refused import MissingError, RefusedError
from plimsoll.say import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plimsoll.registries.logins import Challenge, Login

Read = TypeVar("Read")

TIMEOUT = (10.0, 60.0)
"""Seconds until a connection stands, and until anything more comes over it."""

PAUSES = (1.0, 4.0)
"""Seconds to wait before each further try, where a registry may answer otherwise in a while and names no time."""

LONGEST_PAUSE = 30.0
"""Seconds that are waited at most, whatever a registry wishes."""

MOST_REDIRECTS = 5
LARGEST_ERROR = 1 << 16
"""Bytes that are read of what comes with an error."""

LARGEST_TOKEN = 1 << 20

FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
"""What a connection fails with."""


class _Adapter(HTTPAdapter):
    """Connections of which the certificates are held against those whom this machine and its engine trust."""

    def __init__(self, host: str) -> None:
        self._host = host
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as requests has it
        super().init_poolmanager(*args, ssl_context=trust.context(self._host), **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # noqa: ANN401
        return super().proxy_manager_for(proxy, ssl_context=trust.context(self._host), **kwargs)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ANN401
        """Nothing: requests would trust a list of its own beside."""


class NotGivenError(Exception):
    """There is no answer, or it is not what was asked for.

    Args:
        refusal: why.
        pause: seconds after which it may be asked for again, as the registry wishes; None where it wishes nothing.
        missing: whether the registry does not have it.

    """

    def __init__(self, refusal: Refusal, pause: float | None = None, *, missing: bool = False) -> None:
        super().__init__(refusal.cause)
        self.refusal = refusal
        self.pause = pause
        self.missing = missing


class Connection:
    """Who asks one registry, and how.

    Args:
        host: the registry as people name it, with its port where that is not the usual one.
        address: the host that answers for it, where that is another.

    """

    def __init__(self, host: str, address: str = "") -> None:
        self.host = host
        self._address = address or host
        self._session = requests.Session()
        self._tokens: dict[Challenge, str] = {}
        self._wanted: dict[str, Challenge] = {}

    @functools.cached_property
    def base(self) -> str:
        """The address that all others begin with: without encryption only where the registry is this machine's own."""
        scheme = "http" if trust.is_near(self._address) and self._speaks_plainly() else "https"
        return f"{scheme}://{self._address}"

    def _speaks_plainly(self) -> bool:
        """Whether it answers without encryption; what speaks TLS breaks off, or calls that a bad request."""
        try:
            with self._send("GET", f"http://{self._address}/v2/", {}) as response:
                return response.status_code != HTTPStatus.BAD_REQUEST
        except NotGivenError:
            return False

    def asked(self, what: str, path: str, read: Callable[[requests.Response], Read], **how: Any) -> Read:  # noqa: ANN401
        """What is read of an answer of the registry, which is asked a few times where that may help.

        Args:
            what: that is asked for, for messages.
            path: in the registry, from its slash on.
            read: reads it; it may be called again, where the answer breaks off, and closes the answer.
            how: `scope` of a token for that, `method` and `headers` of the request.

        Raises:
            RefusedError: it does not give it, however often it is asked.

        """
        for pause in (*PAUSES, None):
            try:
                return read(self._given(path, **how))
            except FAILURES as error:
                refused_now = NotGivenError(refused.failure(self.host, error))
            except NotGivenError as error:
                refused_now = error
            refusal = refused_now.refusal
            if refusal.kind is not Kind.PASSING:
                break
            if pause is None:
                refusal = replace(refusal, cause=f"{refusal.cause}, asked {1 + len(PAUSES)} times")
            else:
                wait = pause if refused_now.pause is None else refused_now.pause
                say(f"{what}: {refusal.cause}; asked again in {wait:.0f} s")
                time.sleep(wait)
        raise (MissingError if refused_now.missing else RefusedError)(what, refusal)

    def _given(self, path: str, **how: Any) -> requests.Response:  # noqa: ANN401
        response, known = self.answered(path, **how)
        if not response.ok:
            raise self._refused(response, known=known)
        return response

    def answered(
        self, path: str, *, scope: str, method: str = "GET", headers: Mapping[str, str] | None = None, data: bytes = b""
    ) -> tuple[requests.Response, bool]:
        """The answer to one request, whatever it is, and whether a login was told for it.

        Who asks is told once that is wanted; a token that is no longer good is replaced once.

        Args:
            path: in the registry, from its slash on; or an address that it has named itself.
            scope: of a token for that.
            method: of the request.
            headers: beside those that tell who asks.
            data: what is sent.

        Raises:
            NotGivenError: there is no answer.

        """
        address, told = urljoin(f"{self.base}/", path), dict(headers or {})
        self._require_encryption(address, "sends on")
        known = scope in self._wanted
        response = self._followed(method, address, told, self._words(self._wanted[scope]) if known else "", data)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            wanted = _meant(response.headers.get("WWW-Authenticate", ""), logins.kept(self.host), scope)
            if wanted is not None:
                response.close()
                self._wanted[scope], known = wanted, True
                self._tokens.pop(wanted, None)
                response = self._followed(method, address, told, self._words(wanted), data)
        return response, known and bool(logins.kept(self.host))

    def _refused(self, response: requests.Response, *, known: bool) -> NotGivenError:
        with response:
            status = response.status_code
            refusal = refused.answer(self.host, status, _begin(response), known=known)
            wish = response.headers.get("Retry-After", "")
        pause = min(float(wish), LONGEST_PAUSE) if wish.isdecimal() else None
        return NotGivenError(refusal, pause, missing=status == HTTPStatus.NOT_FOUND)

    def _followed(
        self, method: str, address: str, headers: dict[str, str], words: str, data: bytes
    ) -> requests.Response:
        """Ask, and follow where the registry sends on to; who asks is told to nobody but itself."""
        own = logins.origin(self.base)
        for _ in range(1 + MOST_REDIRECTS):
            told = {"Authorization": words} if words and logins.origin(address) == own else {}
            response = self._send(method, address, {**headers, **told}, data=data or None)
            if not response.is_redirect:
                return response
            response.close()
            address = urljoin(address, response.headers["Location"])
            self._require_encryption(address, "sends on")
        raise UnreadableError(f"{self.host} sends on without end", refused.BELIEVE)

    def _require_encryption(self, address: str, does: str) -> None:
        parts = urlsplit(address)
        if not (parts.scheme == "https" or (parts.scheme == "http" and trust.is_near(parts.netloc))):
            raise UnreadableError(
                f"{self.host} {does} to where nothing is encrypted, {parts.scheme}://{parts.netloc}", refused.BELIEVE
            )

    def _send(self, method: str, address: str, headers: dict[str, str], **more: Any) -> requests.Response:  # noqa: ANN401
        host = urlsplit(address).netloc
        if f"https://{host}/" not in self._session.adapters:
            self._session.mount(f"https://{host}/", _Adapter(host))
        # As it is stored, for it is held against its digest; and no login from yet another file.
        headers = {"Accept-Encoding": "identity", **headers}
        try:
            return self._session.request(
                method,
                address,
                headers=headers,
                auth=lambda request: request,
                stream=True,
                timeout=TIMEOUT,
                allow_redirects=False,
                **more,
            )
        except FAILURES as error:
            raise NotGivenError(refused.failure(host, error)) from error

    def _words(self, wanted: Challenge) -> str:
        """The value of the header `Authorization`."""
        login = logins.kept(self.host)
        if wanted.scheme == "basic":
            return login.basic
        if wanted not in self._tokens:
            self._tokens[wanted] = self._token(wanted, login)
        return f"Bearer {self._tokens[wanted]}"

    def _token(self, wanted: Challenge, login: Login) -> str:
        """A token from whom the registry names."""
        self._require_encryption(wanted.realm, "wants logins told")
        asked = {"service": wanted.service, "scope": wanted.scope}
        if login.identity:
            form = {**asked, "grant_type": "refresh_token", "refresh_token": login.identity, "client_id": "plimsoll"}
            response = self._send("POST", wanted.realm, {}, data=form)
        else:
            told = {"Authorization": login.basic} if login else {}
            response = self._send("GET", wanted.realm, told, params=asked)
        if not response.ok:
            raise self._refused(response, known=bool(login))
        with response:
            token = _token_of(_begin(response, LARGEST_TOKEN))
        if not token:
            cause = f"{urlsplit(wanted.realm).netloc}, which {self.host} names for that, gives no token"
            raise NotGivenError(Refusal(Kind.FINAL, cause, refused.BELIEVE))
        return token


def _token_of(content: bytes) -> str:
    """The token in an answer, empty where there is none that could stand in a header."""
    try:
        said = json.loads(content)
        token = said.get("token") or said.get("access_token")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return token if isinstance(token, str) and token.isascii() and token.isprintable() else ""


def _meant(header: str, login: Login, scope: str) -> Challenge | None:
    """How to tell who asks, None where there is nothing to tell."""
    for each in logins.challenges(header):
        if each.scheme == "bearer" and each.realm:
            return replace(each, scope=scope)
        if each.scheme == "basic" and login.name:
            return each
    return None


def _begin(response: requests.Response, most: int = LARGEST_ERROR) -> bytes:
    try:
        return bytes(response.raw.read(most))
    except FAILURES:
        return b""
