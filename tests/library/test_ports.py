"""Which port an image's server is likeliest to listen on, how long it may take, and what only its base exposes."""

import pytest

from plimsoll.expectations import Expectations
from plimsoll.facts.run import health, readiness
from plimsoll.subject import Variant

SECOND = 10**9


def said(*instructions):
    return [{"created_by": each, "empty_layer": True} for each in instructions]


def exposing(made, *instructions):
    exposed = {port: {} for each in instructions for port in each.strip("]").partition("[")[2].split() if "/" in port}
    return made.imagined(config={"ExposedPorts": exposed}, history=said(*instructions))


@pytest.mark.parametrize(
    ("instructions", "ports", "inherited"),
    [
        (["EXPOSE [80/tcp]", 'CMD ["nginx"]', "EXPOSE [8080/tcp]", 'ENTRYPOINT ["/app"]'], [8080, 80], {"80/tcp"}),
        (["EXPOSE [80/tcp]", 'CMD ["nginx"]', "COPY x / # buildkit"], [80], set()),
        (["EXPOSE [9000/tcp]", "EXPOSE [8080/tcp 53/udp]", 'CMD ["/app"]'], [8080, 9000], set()),
        (["EXPOSE [80/tcp]", 'CMD ["nginx"]', "EXPOSE [80/tcp 443/tcp]"], [80, 443], set()),
        (['CMD ["bash"]', "EXPOSE [3000/tcp]", 'CMD ["node"]'], [3000], set()),
        ([], [], set()),
    ],
)
def test_what_was_exposed_last_comes_first(made, instructions, ports, inherited):
    image = exposing(made, *instructions)
    assert (image.ports, image.inherited_ports) == (ports, inherited)


@pytest.mark.parametrize("step", ["/bin/sh -c #(nop)  EXPOSE 80", "EXPOSE map[80/tcp:{}]", "EXPOSE [80/tcp]"])
def test_a_history_is_read_however_it_was_written(made, step):
    image = made.imagined(
        config={"ExposedPorts": {"80/tcp": {}, "8080/tcp": {}}}, history=said(step, "CMD x", "EXPOSE [8080/tcp]")
    )
    assert (image.ports, image.inherited_ports) == ([8080, 80], {"80/tcp"})


@pytest.mark.parametrize(
    ("check", "seconds"),
    [
        ({}, (20, 0)),
        ({"Test": ["NONE"], "StartPeriod": 60 * SECOND}, (20, 0)),
        ({"Test": ["CMD", "x"]}, (20, 0)),
        ({"Test": ["CMD", "x"], "StartPeriod": 60 * SECOND}, (60, 60)),
        ({"Test": ["CMD", "x"], "Interval": 30 * SECOND, "Timeout": 4 * SECOND}, (102, 0)),
        ({"Test": ["CMD", "x"], "Interval": 10 * SECOND, "Retries": 6, "StartPeriod": 5 * SECOND}, (65, 5)),
        ({"Test": ["CMD", "x"], "StartPeriod": 9000 * SECOND}, (300, 300)),
    ],
)
def test_an_image_is_given_the_time_that_it_asks_for(check, seconds):
    assert readiness.declared(check) == seconds


def test_the_port_that_was_found_counts_where_nobody_named_one():
    guessed = Variant("a", "b", "c", expectations=Expectations(port=80), ports=(80, 8080))
    assert (guessed.at(8080).expected.port, guessed.at(8080).ports) == (8080, ())
    named = Variant("a", "b", "c", expectations=Expectations(port=80))
    assert named.at(8080) is named


class Server:
    """A container that listens as it is told at each look, and answers on none of the ports that it is asked on."""

    def __init__(self, *listens, healthy=False):
        self.listens = list(listens)
        self.healthy = healthy
        self.port = 80
        self.looks = 0

    def comes_to_answer(self, *_):
        return False

    def sockets(self, _):
        self.looks += 1
        return self.listens.pop(0) if len(self.listens) > 1 else self.listens[0]

    def state(self):
        return {"Running": True, "Health": {"Status": "healthy" if self.healthy else "starting"}}

    def logs(self):
        return ""

    def last_words(self):
        return "it said nothing"

    def too_late(self, what, _):
        return readiness.PlimsollError(f"it has not {what}", "mend it")


@pytest.fixture
def waited(monkeypatch):
    """Waits for a server, each of whose looks takes no time; tells its port."""

    def wait(server, start_period=0.0, patience=1e9):
        monkeypatch.setattr(readiness, "Outside", lambda _: server)
        monkeypatch.setattr(readiness.helper, "helper", lambda: None)
        given = Expectations(port=80)
        readiness.wait(
            server,
            Variant("a", "b", "c", "", expectations=given, ports=(80,), patience=patience, start_period=start_period),
        )
        return server.port

    return wait


def test_what_listens_elsewhere_and_stays_is_its_port(waited):
    server = Server({}, {"8080/tcp": True}, {"8080/tcp": True})
    assert waited(server) == 8080
    assert server.looks == 3


def test_what_says_itself_that_it_is_well_listens_for_good(waited):
    server = Server({"8080/tcp": True, "53/udp": True}, healthy=True)
    assert waited(server, start_period=60) == 8080
    assert server.looks == 1


def test_within_its_start_period_another_port_may_be_the_first_of_several(waited):
    with pytest.raises(readiness.PlimsollError, match="has not accepted a connection on port 80"):
        waited(Server({"9090/tcp": True}), start_period=60, patience=0)


def test_what_listens_on_loopback_only_is_told_where(waited):
    with pytest.raises(readiness.PlimsollError, match=r"listens on port 80 of loopback only"):
        waited(Server({"80/tcp": False}))


@pytest.mark.parametrize(("says", "seconds"), [(None, 3), (0, 3), (2, 2), (8, 8), (600, 30)])
def test_a_probe_may_take_as_long_as_its_image_says(monkeypatch, says, seconds):
    own = {"Test": ["CMD", "x"], "Timeout": says and says * SECOND}
    monkeypatch.setattr(health, "_own", lambda _: own)
    assert health.quickened("x")["healthcheck"]["timeout"] == seconds * SECOND
