"""A server may stream for ever, stop itself, or end while it is looked at: a check of it ends, and says what it met."""

import pytest

ENDLESS = """
import http.server, time
class Stream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        {header}
        self.end_headers()
        while True:
            self.wfile.write({piece})
            self.wfile.flush()
            time.sleep({pause})
http.server.ThreadingHTTPServer(("", 8080), Stream).serve_forever()
"""

STREAMS = {
    "events": ENDLESS.format(header='self.send_header("Connection", "close")', piece='b"data: 1\\n\\n"', pause=1),
    "flood": ENDLESS.format(header='self.send_header("Connection", "close")', piece='b"x" * 65536', pause=0),
    "head": ENDLESS.replace("self.end_headers()", "self.flush_headers()").format(
        header="", piece='b"X-Drip: 1\\r\\n"', pause=1
    ),
    "silence": "import socket, time\ns = socket.create_server(('', 8080))\nwhile True: time.sleep(1)\n",
}

CRASH = """
import ctypes, http.server, threading, time
threading.Thread(target=lambda: (time.sleep({after}), ctypes.string_at(0)), daemon=True).start()
http.server.HTTPServer(("", 8080), http.server.SimpleHTTPRequestHandler).serve_forever()
"""

DOCKERFILE = """
FROM python:3.13-slim-trixie
COPY server.py /server.py
EXPOSE 8080
HEALTHCHECK --interval=1s CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 8080), 1)"]
USER 65532:65532
CMD ["python", "/server.py"]
"""

ASKED = ["answers_its_endpoints", "stops_when_told", "turns_unhealthy_when_it_hangs", "starts_without_the_network"]
ONLY = [f"--rule={rule}" for rule in ASKED]


@pytest.fixture
def server(tmp_path):
    """The folder of an app whose server is a script."""

    def make(script):
        (tmp_path / "server.py").write_text(script)
        (tmp_path / "Dockerfile").write_text(DOCKERFILE)
        return tmp_path

    return make


@pytest.mark.parametrize("kind", STREAMS)
def test_a_server_whose_answer_has_no_end_is_judged(check, server, kind):
    done = check(*ONLY, "--timeout=5", server(STREAMS[kind]))
    assert done.code in {0, 1}, done.said + done.errors
    assert "Traceback" not in done.said + done.errors


@pytest.mark.parametrize("after", [0.5, 3])
def test_a_server_that_crashes_by_itself_is_told(check, server, after):
    done = check(*ONLY, server(CRASH.format(after=after)))
    assert done.code in {1, 2}
    assert "code 139" in done.said
    assert "Traceback" not in done.said + done.errors
