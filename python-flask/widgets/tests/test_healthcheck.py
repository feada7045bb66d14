import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from widgets.healthcheck import check


@pytest.fixture
def serve():
    """Start servers that answer every request in one way; they end with the test."""
    servers = []

    def start(status):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/healthz" else 400)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_nothing_is_wrong_with_a_service_that_answers(serve):
    assert check(serve(200)) is None


@pytest.mark.parametrize("status", [204, 302, 404, 500, 503])
def test_another_answer_is_wrong(serve, status):
    assert str(status) in check(serve(status))


def test_no_answer_is_wrong():
    assert "does not answer" in check(1)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (500, 1)])
def test_the_exit_code_tells(serve, status, code):
    environment = os.environ | {"PORT": str(serve(status))}
    command = [sys.executable, "-m", "widgets.healthcheck"]
    assert subprocess.run(command, env=environment, check=False, timeout=30).returncode == code


def test_asking_loads_neither_flask_nor_psycopg():
    program = "import sys, widgets.healthcheck; sys.exit(bool({'flask', 'psycopg', 'gunicorn'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=30).returncode == 0
