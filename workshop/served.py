"""A registry in this process, which holds what it is given and misbehaves as it is told: tests read it.

It answers what reading takes, and notes who asked for what; nothing can be pushed to it but from here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"

TOKEN = "given-by-this-registry"  # noqa: S105 - it opens nothing


@dataclass
class Fault:
    """How the registry misbehaves in some of its answers.

    Attributes:
        path: a pattern of what is asked for.
        status: that it answers with.
        headers: beside.
        after: bytes after which it breaks off instead; None where it does not.
        times: answers until it behaves.

    """

    path: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    after: int | None = None
    times: float = float("inf")


@dataclass(frozen=True)
class Asked:
    """One request that it was asked."""

    method: str
    path: str
    headers: dict[str, str]


class Registry:
    """What a registry holds, and how it behaves.

    Attributes:
        host: its address, as images are named by it.
        login: the name and the password that it wants; empty for none.
        tokens: whether it wants a token for them.
        ranges: whether it gives the rest of a blob alone, where that is asked for.
        elsewhere: the address from which blobs are to be had; empty for here.
        faults: how it misbehaves.
        asked: what it was asked, in order.

    """

    def __init__(self, host: str) -> None:
        self.host = host
        self.scheme = "http"
        self.login: tuple[str, str] | tuple[()] = ()
        self.tokens = False
        self.ranges = True
        self.elsewhere = ""
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self._held: dict[str, tuple[bytes, str]] = {}

    def blob(self, content: bytes, media_type: str = LAYER) -> dict[str, Any]:
        """Hold a blob: its descriptor."""
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self._held[digest] = content, media_type
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def manifest(self, content: dict[str, Any] | bytes, *tags: str, media_type: str = MANIFEST) -> dict[str, Any]:
        """Hold a manifest under its digest and under tags: its descriptor."""
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        descriptor = self.blob(content, media_type)
        for tag in tags:
            self._held[tag] = content, media_type
        return descriptor

    def of(self, path: str) -> tuple[bytes, str] | None:
        """What is there under the last part of a path, and its media type; None where nothing is."""
        return self._held.get(path.rpartition("/")[2])

    def fault(self, path: str) -> Fault | None:
        """How it misbehaves when it is asked for a path, this time."""
        for each in self.faults:
            if each.times > 0 and re.search(each.path, path):
                each.times -= 1
                return each
        return None

    @property
    def basic(self) -> str:
        """How the login is told that it wants."""
        return f"Basic {base64.b64encode(':'.join(self.login).encode()).decode()}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    registry: Registry

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        said = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())
        self.registry.asked.append(Asked("POST", self.path, {name: each[0] for name, each in said.items()}))
        good = said.get("refresh_token") == list(self.registry.login[1:])
        self._answer(200 if good else 401, json.dumps({"access_token": TOKEN}).encode())

    def do_GET(self) -> None:
        registry = self.registry
        registry.asked.append(Asked(self.command, self.path, dict(self.headers)))
        if self.path.startswith("/token"):
            good = not registry.login or self.headers.get("Authorization") == registry.basic
            self._answer(200 if good else 401, json.dumps({"token": TOKEN}).encode())
            return
        fault = registry.fault(self.path)
        if fault and fault.after is None:
            self._answer(fault.status, b'{"errors": [{"code": "FAULT", "message": "\\u001b[31m"}]}', fault.headers)
        elif not self._may():
            realm = f'Bearer realm="{registry.scheme}://{registry.host}/token",service="here",scope="repository:x:pull"'
            self._answer(401, b"", {"WWW-Authenticate": realm if registry.tokens else 'Basic realm="here"'})
        elif registry.elsewhere and "/blobs/" in self.path:
            self._answer(307, b"", {"Location": f"{registry.elsewhere}{urlsplit(self.path).path}"})
        else:
            self._give(fault.after if fault else None)

    def _may(self) -> bool:
        told = self.headers.get("Authorization")
        if self.registry.tokens:
            return told == f"Bearer {TOKEN}"
        return not self.registry.login or told == self.registry.basic

    def _give(self, after: int | None) -> None:
        found = self.registry.of(self.path)
        if found is None or not self.path.startswith("/v2/"):
            self._answer(200 if self.path == "/v2/" else 404)
            return
        content, media_type = found
        headers = {"Content-Type": media_type}
        if "/manifests/" in self.path:
            headers["Docker-Content-Digest"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
        begin = int((self.headers.get("Range") or "bytes=0-")[6:-1]) if self.registry.ranges else 0
        self._answer(206 if begin else 200, content[begin:], headers, after)

    def _answer(
        self, status: int, content: bytes = b"", headers: dict[str, str] | None = None, after: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(b"" if self.command == "HEAD" else content[:after])
        self.close_connection = self.close_connection or after is not None

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(name: str = "127.0.0.1", secured: ssl.SSLContext | None = None) -> Iterator[Registry]:
    """A registry on a port of its own of this machine.

    Args:
        name: by which it is reached.
        secured: with a certificate; None for no encryption.

    """
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.registry = registry = Registry(f"{name}:{server.server_port}")  # type: ignore[attr-defined]
    if secured:
        registry.scheme = "https"
        server.socket = secured.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
