"""A page that takes its time, and a server that drops it when it is told to stop."""

import http.server
import os
import signal
import sys
import time


class Page(http.server.BaseHTTPRequestHandler):
    """Two paths, one of them slow."""

    def do_GET(self):
        if self.path == "/":
            time.sleep(0.4)
        self.send_response(200 if self.path in ("/", "/healthz") else 404)
        self.end_headers()
        self.wfile.write(b"beacon\n")


def end(*_):
    os._exit(0)


signal.signal(signal.SIGTERM, end)
print("listening on port 8080", file=sys.stderr, flush=True)
http.server.ThreadingHTTPServer(("", 8080), Page).serve_forever()
