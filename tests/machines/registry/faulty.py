"""A registry that misbehaves: stands before one that answers, and passes on or spoils what it says.

`python3 faulty.py PORT UPSTREAM_PORT [CERTIFICATE KEY]`; `PUT /fault/NAME` sets how it misbehaves from then on, `PUT
/fault/NAME/TIMES` for so many answers.
"""

from __future__ import annotations

import http.client
import json
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SLOW = 2.0
"""Seconds that a slow registry takes for each answer."""

STATUS = {
    "unauthorised": (401, "UNAUTHORIZED", "authentication required"),
    "busy": (429, "TOOMANYREQUESTS", "too many requests"),
    "broken": (500, "UNKNOWN", "unknown error"),
}

LAYERS_BROKEN = "layers-broken"
"""What says of each image what it consists of, and has none of that."""

HOP_BY_HOP = {"connection", "transfer-encoding"}


class Faulty(BaseHTTPRequestHandler):
    """Answers one request; how, is the server's."""

    protocol_version = "HTTP/1.1"
    fault = ""
    left = float("inf")
    upstream = 0

    def do_PUT(self) -> None:
        """Misbehave from now on, in all answers or in a few."""
        name, _, times = self.path.removeprefix("/fault/").partition("/")
        Faulty.fault, Faulty.left = name, float(times or "inf")
        self._answer(204)

    def do_HEAD(self) -> None:
        """Pass on, or spoil."""
        self.do_GET()

    def do_GET(self) -> None:
        """Pass on, or spoil."""
        fault = Faulty.fault if Faulty.left > 0 else ""
        is_layer = "/blobs/" in self.path
        if fault in STATUS or (fault == LAYERS_BROKEN and is_layer):
            Faulty.left -= 1
            status, code, message = STATUS.get(fault, STATUS["broken"])
            self._answer(status, json.dumps({"errors": [{"code": code, "message": message}]}).encode())
            return
        if fault == "slow":
            time.sleep(SLOW)
        self._pass_on(half=fault == "cut" and is_layer)

    def _pass_on(self, *, half: bool) -> None:
        asked = http.client.HTTPConnection("127.0.0.1", Faulty.upstream)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        asked.request(self.command, self.path, headers=headers)
        answer = asked.getresponse()
        content = answer.read()
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        if half:
            self._answer(answer.status, content[: len(content) // 2], headers)
            self.close_connection = True
        else:
            self._answer(answer.status, content, headers)

    def _answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (
            headers or {"Content-Type": "application/json", "Content-Length": str(len(content))}
        ).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


if __name__ == "__main__":
    Faulty.upstream = int(sys.argv[2])
    server = ThreadingHTTPServer(("", int(sys.argv[1])), Faulty)
    if sys.argv[3:]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()
