"""An answer is read within bounds, whatever the server does."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest

from plimsoll.expectations import Endpoint
from plimsoll.facts.run import answer

HEAD = b"HTTP/1.1 200 OK\r\n"
NEVER = 60
"""Seconds that none of these tests lasts: what takes this long has hung."""


@contextmanager
def server(*pieces, endless=b"", pause=0.05):
    """A connection with a server that sends pieces, then the same for ever, a while between them."""
    ours, theirs = socket.socketpair()
    stop = threading.Event()

    def serve():
        with theirs:
            theirs.recv(1 << 16)
            try:
                for piece in pieces:
                    theirs.sendall(piece)
                    time.sleep(pause)
                while endless and not stop.is_set():
                    theirs.sendall(endless)
                    time.sleep(pause)
            except OSError:
                pass

    threading.Thread(target=serve, daemon=True).start()
    connection = answer.Connection(lambda: ours)
    try:
        yield connection
    finally:
        stop.set()
        connection.close()


def ask(connection, timeout=NEVER):
    return answer.ask(connection, Endpoint(path="/"), timeout)


@pytest.mark.parametrize(
    "given",
    [
        [HEAD + b"Content-Length: 5\r\n\r\nhello"],
        [HEAD, b"\r\n", b"hel", b"lo"],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", b"2\r\nlo\r\n0\r\n\r\n"],
    ],
)
def test_an_answer_is_whole_however_it_comes(given):
    with server(*given) as connection:
        found = ask(connection)
    assert (found.status, found.text, found.whole) == (200, "hello", True)


@pytest.mark.parametrize(
    "given",
    [
        [HEAD + b"Content-Length: 6\r\n\r\nhello"],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"2\r\n"],
    ],
)
def test_an_answer_that_breaks_off_is_not_whole(given):
    with server(*given) as connection:
        found = ask(connection)
    assert (found.text, found.whole) == ("hello", False)


@pytest.mark.parametrize("kind", [b"\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b"Content-Length: 1000000\r\n\r\n"])
def test_a_stream_without_end_is_an_answer_in_its_time(kind):
    piece = b"6\r\ndata\n\n\r\n" if b"chunked" in kind else b"data\n\n"
    with server(HEAD + kind, endless=piece) as connection:
        found = ask(connection, 1)
    assert (found.status, found.whole) == (200, False)
    assert found.text.startswith("data")


def test_a_flood_is_read_to_the_bound_only(monkeypatch):
    monkeypatch.setattr(answer, "MAX_BODY", 10**6)
    with server(HEAD + b"\r\n", endless=b"x" * 10**5, pause=0) as connection:
        found = ask(connection)
    assert not found.whole
    assert 10**6 < len(found.body) < 2 * 10**6


@pytest.mark.parametrize("endless", [b"X-Drip: y\r\n", b"x"])
def test_a_head_without_end_is_no_answer(endless):
    with (
        server(HEAD, endless=endless) as connection,
        pytest.raises(answer.NoAnswerError, match="nothing came within 1 s"),
    ):
        ask(connection, 1)


@pytest.mark.parametrize("given", [b"SSH-2.0-OpenSSH_9.6\r\n", b"\x00\xff\r\n"])
def test_what_is_not_http_is_told(given):
    with server(given) as connection, pytest.raises(answer.NoAnswerError, match="not HTTP"):
        ask(connection)


def test_a_connection_that_closes_at_once_is_told():
    with server() as connection, pytest.raises(answer.NoAnswerError, match="closed connection"):
        ask(connection)
