"""What the helper's commands print arrives whole or not at all, and within its time."""

import base64
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from plimsoll.errors import PlimsollError
from plimsoll.facts.run import command, container, helper, session

pytestmark = pytest.mark.engine

HEAD = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
NEVER = 60
"""Seconds that none of these tests lasts: what takes this long has hung."""


def frame(text):
    return b"\x01\0\0\0" + len(text).to_bytes(4, "big") + text


@contextmanager
def engine_that_sends(monkeypatch, data):
    """An engine that sends a command's output in one piece with its own head."""
    from docker import DockerClient  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            for _ in range(2):
                near, _ = listener.accept()
                with near:
                    request = near.recv(1 << 16)
                    if b"/start" in request:
                        near.sendall(HEAD + data)
                    else:
                        near.sendall(
                            b'HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 10\r\n\r\n{"Id":"x"}'
                        )

        threading.Thread(target=serve, daemon=True).start()
        client = DockerClient(base_url=f"tcp://127.0.0.1:{listener.getsockname()[1]}", version="1.48")
        monkeypatch.setattr("plimsoll.engine.client", lambda: client)
        yield


def test_output_that_comes_with_the_engines_own_head_is_not_lost(monkeypatch):
    """The Docker SDK loses it, and rules were told that a server gave no answer."""

    class Anywhere:
        id = "x"

    with engine_that_sends(monkeypatch, frame(b"first ") + frame(b"second")):
        assert b"".join(command.Command(Anywhere(), ["true"]).output()) == b"first second"


@pytest.mark.parametrize("script", ["sleep 60", "kill -STOP $$; echo", "while :; do :; done"])
def test_a_script_that_does_not_end_is_given_up(script):
    begun = time.monotonic()
    with pytest.raises(PlimsollError, match="did not end within 1 s"):
        helper.helper().run(script, timeout=1)
    assert time.monotonic() - begun < NEVER


def test_a_script_that_is_cut_off_gives_no_answer():
    with pytest.raises(PlimsollError, match="gave no whole output"):
        helper.helper().run("echo half; exit")


@pytest.fixture
def echo():
    """A server that speaks first and then says again what it is told."""
    script = "use IO::Socket; my $s = IO::Socket::INET->new(LocalPort => 7, Listen => 5) or die; \
        while (my $c = $s->accept) { if (fork == 0) { syswrite $c, qq(hello\\n); \
        while (sysread $c, my $data, 65536) { syswrite $c, $data } exit } close $c }"
    with container.started(helper.IMAGE, command=["perl", "-e", script], port=7, isolated=True) as running:
        running.wait_until_answering(path="")
        yield running


def test_a_server_without_a_way_to_it_is_spoken_to(echo):
    data = bytes(range(256)) * 4096
    with echo.connect() as connection:
        stream = connection.makefile("rb")
        assert stream.readline() == b"hello\n"
        sender = threading.Thread(target=connection.sendall, args=(data,))
        sender.start()
        assert stream.read(len(data)) == data
        sender.join()


def test_an_address_of_this_machine_leads_to_it(echo):
    host, _, port = echo.url.removeprefix("http://").partition(":")
    for _ in range(2):
        with socket.create_connection((host, int(port)), timeout=NEVER) as connection:
            assert connection.makefile("rb").readline() == b"hello\n"


def test_nothing_is_sent_to_an_address_that_is_not_the_containers_own(echo):
    with pytest.raises(ConnectionRefusedError):
        helper.helper().connect(echo.process, "192.0.2.1", 7)


def test_a_closed_port_accepts_nothing(echo):
    echo.port = 8
    assert not echo.accepts()
    with pytest.raises(PlimsollError, match="has not accepted a connection on port 8 within 1 s"):
        echo.wait_until_answering(1, path="")


def test_a_connection_ends_with_its_server(echo):
    with echo.connect() as connection:
        stream = connection.makefile("rb")
        stream.readline()
        echo.container.kill()
        assert stream.read() == b""


class Lost:
    """A command of which the engine says nothing."""

    def __init__(self, *_, **__):
        self._closed = threading.Event()

    def send(self, data):
        pass

    def output(self):
        self._closed.wait(NEVER)
        yield from ()

    def close(self):
        self._closed.set()


@pytest.fixture
def lost(monkeypatch):
    """An engine of whose commands all are lost but the last that is tried; those that were."""
    lost = []

    def sometimes(*arguments, **options):
        if len(lost) == helper.TRIES - 1:
            return command.Command(*arguments, **options)
        lost.append(Lost())
        return lost[-1]

    monkeypatch.setattr(helper, "CONNECTED_WITHIN", 0.5)
    monkeypatch.setattr(helper, "SPARE", 0.1)
    monkeypatch.setattr(helper, "Command", sometimes)
    monkeypatch.setattr(session, "Command", sometimes)
    return lost


@pytest.fixture
def anew():
    """The helper as one who has asked it nothing yet."""
    return helper.Helper(helper.helper()._container)


def test_a_connection_that_the_engine_has_lost_is_asked_for_again(echo, lost):
    """Of such a one nothing is heard, not even that it was killed; a server was once taken for a silent one by it."""
    with echo.connect() as connection:
        assert connection.makefile("rb").readline() == b"hello\n"
    assert len(lost) == helper.TRIES - 1


def test_a_script_that_the_engine_has_lost_is_asked_for_again(anew, lost):
    assert anew.run("echo said", timeout=5) == "said\n"
    assert len(lost) == helper.TRIES - 1


def test_a_script_that_is_always_lost_is_told(anew, monkeypatch):
    monkeypatch.setattr(helper, "SPARE", 0.1)
    monkeypatch.setattr(session, "Command", Lost)
    with pytest.raises(PlimsollError, match=r"did not end within 0\.1 s"):
        anew.run("echo said", timeout=0.1)


def test_what_the_engine_itself_says_is_no_answer(monkeypatch):
    """It tells in the same stream that a container has gone."""

    class Gone(Lost):
        def send(self, data):
            self.number = data.split()[0]
            self._closed.set()

        def output(self):
            self._closed.wait(NEVER)
            yield b"NotFound: no such container\nNo 1\n"
            yield self.number + b" " + base64.b64encode(b"said") + b"\n"

    monkeypatch.setattr(session, "Command", Gone)
    assert session.Session(None).run("echo said", (), 1, 1) == "said"


def test_scripts_run_side_by_side_and_each_is_told_what_it_asked(anew):
    """The first ends last, so that no order of theirs would do."""
    scripts = ["until [ -e /dev/shm/now ]; do sleep 0.05; done; rm /dev/shm/now; echo 0"]
    scripts += [f"echo {number}" for number in range(1, 20)]
    with ThreadPoolExecutor(len(scripts)) as pool:
        said = [pool.submit(anew.run, script) for script in scripts]
        assert [each.result() for each in said[1:]] == [f"{number}\n" for number in range(1, 20)]
        anew.run("touch /dev/shm/now")
        assert said[0].result() == "0\n"


def test_a_shell_that_has_ended_is_begun_anew(anew):
    assert anew.run("echo once") == "once\n"
    anew._session._command.close()
    assert anew.run("echo again") == "again\n"


@pytest.mark.parametrize("argument", ["", "a b", "it's", "$(exit)", "*", "one\ntwo", "\\", "\u00e9", "-n"])
def test_an_argument_arrives_as_it_is(anew, argument):
    assert anew.run('printf "%s|%s|" "$#" "$1"', argument) == f"1|{argument}|"


def test_much_output_arrives_whole(anew):
    said = anew.run("seq 200000")
    assert said.split() == [str(number + 1) for number in range(200000)]
