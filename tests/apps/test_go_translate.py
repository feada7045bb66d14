"""go-translate beyond the rules: two programs of one Dockerfile, for two architectures."""

import pytest
import requests

from plimsoll import engine
from plimsoll.facts.build import bake, memo, rebuild
from plimsoll.facts.image import elf, image
from plimsoll.facts.run import container, ownership
from workshop import build
from workshop.root import BUILD, ROOT

pytestmark = [pytest.mark.app("go-translate"), pytest.mark.xdist_group("go-translate")]

NETWORK = f"plimsoll-translate-{ownership.RUN}"
TOLD = {"TRANSLATE_URL": "http://translator:8080"}
"""What the client is told of the server."""
MILLION = "a" * 10**6
ANEW = ("--no-cache", f"--set=*.args.{rebuild.OTHER_MOUNTS}")
UNTAGGED = "--set=*.output=type=cacheonly"
"""The images stay as they were: another identity of theirs would be news to every test."""


@pytest.fixture(scope="module")
def binaries():
    """What the target `binaries` exports to the host."""
    record = bake.bake("binaries", files=[build.BAKE], folder=ROOT, quiet=True)
    assert record.code == 0, record.failure
    return BUILD / "binaries"


@pytest.fixture(scope="module")
def server():
    """The server and a network on which the client finds it by its name."""
    network = engine.client().networks.create(NETWORK, labels=ownership.labels())
    alias = {NETWORK: engine.client().api.create_endpoint_config(aliases=["translator"])}
    try:
        with container.started(
            "plimsoll/go-translate:server", port=8080, network=NETWORK, networking_config=alias
        ) as running:
            running.wait_until_answering()
            yield running
    finally:
        network.remove()


def client(*words):
    """Exit code and output of the client's image on the server's network."""
    with container.started(
        "plimsoll/go-translate:client",
        command=list(words),
        network=NETWORK,
        environment=TOLD,
    ) as running:
        return running.wait(), running.logs()


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
@pytest.mark.parametrize("program", ["server", "client"])
def test_both_programs_are_exported_for_both_architectures(binaries, architecture, program):
    facts = elf.read((binaries / f"linux_{architecture}" / program).read_bytes())
    assert facts is not None
    assert facts.architecture == architecture
    assert facts.static


@pytest.mark.usefixtures("server")
def test_the_client_asks_the_server_by_its_name():
    assert client("Ship", "ahoy!") == (0, "Ipshoy ahoyhoy!")


def test_the_client_says_so_when_nobody_answers():
    with container.started("plimsoll/go-translate:client", command=["-url", "http://127.0.0.1:9", "ship"]) as running:
        assert running.wait() == 1
        assert "refused" in running.logs()


@pytest.mark.usefixtures("server")
def test_the_client_is_interactive_on_a_terminal():
    with container.started(
        "plimsoll/go-translate:client",
        network=NETWORK,
        environment=TOLD,
        stdin_open=True,
        tty=True,
    ) as running:
        terminal = running.container.attach_socket(params={"stdin": 1, "stream": 1})
        terminal._sock.sendall(b"anchor\n:quit\n")
        assert running.wait() == 0
        assert "anchorhoy" in running.logs()


def test_a_million_letters_are_translated(server):
    answer = requests.post(f"{server.url}/translate", json={"text": MILLION}, timeout=30)
    assert answer.status_code == 200
    assert answer.json()["translation"] == f"{MILLION}hoy"


def test_more_than_the_limit_is_refused_with_413(server):
    answer = requests.post(f"{server.url}/translate", json={"text": "a" * (2**20 + 1)}, timeout=30)
    assert answer.status_code == 413
    assert "error" in answer.json()


def test_all_holds_both_programs_once():
    facts = image.read("plimsoll/go-translate:all")
    server_, client_ = facts.files["server"][0], facts.files["client"][0]
    assert {server_.kind, client_.kind} == {"file", "hardlink"}
    assert facts.elf("/client") == facts.elf("/server")


def test_the_version_is_in_the_binary():
    labels = image.read("plimsoll/go-translate:server").labels
    with container.started("plimsoll/go-translate:server", command=["-version"]) as running:
        assert running.wait() == 0
        assert labels["org.opencontainers.image.revision"] in running.logs()


def test_server_and_client_are_built_side_by_side():
    """Two stages that do not need each other run at the same time, and `all`'s is not built for them."""
    with memo.one_at_a_time():
        targets = ["go-translate-server", "go-translate-client"]
        record = bake.bake(*targets, *ANEW, UNTAGGED, files=[build.BAKE], folder=ROOT, quiet=True)
    assert record.code == 0, record.failure
    compiled = {}
    for step in record.steps.values():
        for stage in ("build-server", "build-client", "build-all"):
            if f" {stage} " in step.name and "go build" in step.name:
                compiled[stage] = (step.started, step.started + step.seconds)
    assert compiled.keys() == {"build-server", "build-client"}
    (first_start, first_end), (second_start, second_end) = compiled.values()
    assert first_start < second_end
    assert second_start < first_end
