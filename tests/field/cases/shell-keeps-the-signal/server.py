"""A page that takes its time, and a server that finishes it when it is told to stop."""

import http.server
import signal
import sys
import threading
import time


class Page(http.server.BaseHTTPRequestHandler):
    """Two paths, one of them slow."""

    def do_GET(self):
        if self.path == "/":
            time.sleep(0.4)
        self.send_response(200 if self.path in ("/", "/healthz") else 404)
        self.end_headers()
        self.wfile.write(b"beacon\n")


class Server(http.server.ThreadingHTTPServer):
    """Waits for its threads when it is closed."""

    daemon_threads = False


with Server(("", 8080), Page) as server:
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print("listening on port 8080", file=sys.stderr, flush=True)
    server.serve_forever()
