"""`docker compose up`: a working system to develop on."""

import json
import shutil
import subprocess
import uuid

import pytest
import requests

from plimsoll import engine
from plimsoll.facts.run import container, helper
from tests.compose.conftest import System, eventually
from workshop.root import ROOT

pytestmark = pytest.mark.xdist_group("compose")


def test_the_system_answers_at_its_one_address(development):
    assert requests.get(f"{development.url}/api/ping/ping", timeout=5).json() == {"message": "pong"}
    assert "Plimsoll" in requests.get(development.url, timeout=5).text


def test_every_service_is_healthy(development):
    rows = [json.loads(line) for line in development.compose("ps", "--format=json").splitlines()]
    # `password` has done its work once there is a password, and has ended.
    expected = development.configuration()["services"].keys() - {"password"}
    assert {row["Service"]: row["Health"] for row in rows} == dict.fromkeys(expected, "healthy")


def test_ports_are_published_on_this_machine_only(development):
    published = [
        port for service in development.configuration()["services"].values() for port in service.get("ports", [])
    ]
    assert published
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}


def given_away(file):
    """Give a file to a user whose number is nobody's: by a container, which may, whoever runs this."""
    words = ["chown", "4321:4321", f"/folder/{file.name}"]
    folder = {str(file.parent): {"bind": "/folder"}}
    with container.started(helper.IMAGE, command=words, volumes=folder, network_mode="none") as running:
        assert running.wait() == 0, running.logs()


def test_an_edit_is_served_without_a_rebuild(tmp_path):
    """A template is changed on the host, as an editor does, by a user whose number is not the container's."""
    copy = tmp_path / "repository"
    shutil.copytree(ROOT / "python-flask/catweb", copy / "python-flask/catweb")
    shutil.copy(ROOT / "compose.yaml", copy)
    system = System(f"plimsoll-watch-{uuid.uuid4().hex}", copy / "compose.yaml")
    published = tmp_path / "published.yaml"
    published.write_text(f"services: {{catweb: {{ports: ['127.0.0.1:{system.port}:5000']}}}}\n")
    system.files = (copy / "compose.yaml", published)
    try:
        system.up("catweb")
        before = engine.client().images.get("plimsoll/catweb:dev").id
        watch = system.command("watch", "--no-up", "catweb")
        with subprocess.Popen(
            watch, env=system.full_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            try:
                assert process.stdout.readline()
                template = copy / "python-flask/catweb/catweb/templates/page.html"
                edited = tmp_path / "edited.html"
                edited.write_text(template.read_text().replace("<h1>Cat of the day</h1>", "<h1>Edited</h1>"))
                given_away(edited)
                edited.replace(template)
                shown = lambda: "<h1>Edited</h1>" in requests.get(system.url, timeout=5).text  # noqa: E731
                assert eventually(shown), "the edit was not served"
            finally:
                process.terminate()
        assert engine.client().images.get("plimsoll/catweb:dev").id == before, "the image was built anew"
    finally:
        system.down("--volumes")
