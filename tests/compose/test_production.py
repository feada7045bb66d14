"""compose.prod.yaml: the same services from their prod targets, with nothing that they do not need."""

import json
import secrets
import uuid

import pytest
import requests

from plimsoll import engine
from plimsoll.facts.run import helper
from plimsoll.facts.run.container import Container
from plimsoll.facts.run.outside import Outside
from tests.compose.conftest import System, eventually

pytestmark = pytest.mark.xdist_group("compose")


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The hardened system, with a password file as its README says."""
    file = tmp_path_factory.mktemp("secret") / "postgres-password"
    file.write_text(secrets.token_urlsafe(24))
    file.chmod(0o444)
    system = System(
        f"plimsoll-prod-{uuid.uuid4().hex}", "compose.prod.yaml", environment={"POSTGRES_PASSWORD_FILE": str(file)}
    )
    try:
        system.up()
        yield system
    finally:
        system.down("--volumes")


def attributes(system):
    """What the engine knows of each service's container."""
    return {
        row["Service"]: engine.client().containers.get(row["ID"]).attrs
        for row in map(json.loads, system.compose("ps", "--format=json").splitlines())
    }


def test_the_page_and_its_services_answer(production):
    assert requests.get(production.url, timeout=5).status_code == 200
    assert requests.get(f"{production.url}/api/ping/ping", timeout=5).json() == {"message": "pong"}
    added = requests.post(
        f"{production.url}/api/widgets/widgets", json={"name": "bollard", "description": ""}, timeout=5
    )
    assert added.status_code == 201, added.text
    listed = requests.get(f"{production.url}/api/widgets/widgets", timeout=5).json()
    assert "bollard" in [row["name"] for row in listed]


def test_it_has_the_same_services_as_development(production):
    development = System("none", "compose.yaml").configuration()["services"].keys()
    assert production.configuration()["services"].keys() == development - {"password", "smoke"}


def test_nothing_is_writable_and_nothing_is_granted(production):
    for name, found in attributes(production).items():
        host = found["HostConfig"]
        assert host["ReadonlyRootfs"], f"{name} may write to its root file system"
        assert host["CapDrop"] == ["ALL"], f"{name} keeps capabilities"
        assert not host["CapAdd"], f"{name} gains {host['CapAdd']}"
        assert "no-new-privileges" in "".join(host["SecurityOpt"]), f"{name} may gain privileges"
        assert not host["Privileged"]
        assert found["Config"]["User"].split(":")[0] not in {"", "0", "root"}, f"{name} runs as root"


def test_memory_processors_and_processes_are_limited(production):
    for name, found in attributes(production).items():
        host = found["HostConfig"]
        assert host["Memory"] > 0, f"{name} has no memory limit"
        assert host["MemorySwap"] == host["Memory"], f"{name} may swap instead"
        assert host["NanoCpus"] > 0, f"{name} has no cpu limit"
        assert (host["PidsLimit"] or 0) > 0, f"{name} has no process limit"


def test_a_service_that_dies_comes_back(production):
    """Killed from the outside of Docker, as the kernel would: `docker kill` counts as a wish to have it stopped."""
    before = attributes(production)["widgets"]
    killed = Container(before["Image"], engine.client().containers.get(before["Id"]), port=None)
    Outside(helper.helper()).kill(killed)

    def back():
        now = attributes(production).get("widgets")
        return now is not None and now["RestartCount"] > before["RestartCount"]

    assert eventually(back), "the restart policy did not bring it back"
    listed = f"{production.url}/api/widgets/widgets"
    assert eventually(lambda: requests.get(listed, timeout=5).status_code == 200), "it does not serve its data again"


def test_only_the_page_is_published_and_only_here(production):
    services = production.configuration()["services"]
    published = {name: service["ports"] for name, service in services.items() if service.get("ports")}
    assert published.keys() == {"page"}
    assert {port["host_ip"] for port in published["page"]} == {"127.0.0.1"}
