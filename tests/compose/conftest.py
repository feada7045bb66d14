"""The compose system under a project name and port of its own, beside one that is perhaps in use."""

import json
import socket
import subprocess
import time
import uuid

import pytest

from plimsoll import engine
from workshop.root import ROOT


class System:
    """One compose project."""

    def __init__(self, project, *files, environment=None):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.project = project
        self.files = files
        self.environment = {"PLIMSOLL_PORT": str(self.port), **(environment or {})}
        self.url = f"http://127.0.0.1:{self.port}"

    def command(self, *arguments):
        files = [f"--file={ROOT / file}" for file in self.files]
        return ["docker", "compose", "--project-name", self.project, *files, *arguments]

    def compose(self, *arguments, check=True, **options):
        done = subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.full_environment(),
            capture_output=True,
            text=True,
            check=False,
            **options,
        )
        assert not check or done.returncode == 0, f"`{' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def full_environment(self):
        return {**engine.environment(), **self.environment}

    def configuration(self):
        return json.loads(self.compose("config", "--format=json"))

    def up(self, *services):
        # The images are those that the suite has built: compose must not build others under their names.
        self.compose("up", "--detach", "--wait", "--wait-timeout=120", "--no-build", *services, timeout=300)

    def down(self, *options):
        self.compose("down", "--timeout=5", *options, timeout=120)


def eventually(condition, seconds=30):
    """Whether a condition comes true in time; a refused connection counts as not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return True
        except OSError:  # requests' errors are of this kind
            pass
        time.sleep(0.1)
    return False


@pytest.fixture(scope="session")
def system_with_database(tmp_path_factory):
    """The widgets and their database alone, the API published on a free port for the test."""
    system = System(f"plimsoll-data-{uuid.uuid4().hex}", "compose.yaml")
    published = tmp_path_factory.mktemp("compose") / "published.yaml"
    published.write_text(f"services: {{widgets: {{ports: ['127.0.0.1:{system.port}:5000']}}}}\n")
    system.files = ("compose.yaml", published)
    system.widgets = system.url
    try:
        system.up("widgets")
        yield system
    finally:
        system.down("--volumes")


@pytest.fixture(scope="session")
def widgets_url(system_with_database):
    """Where the API answers."""
    return system_with_database.widgets


@pytest.fixture(scope="session")
def development():
    """The system that `docker compose up` brings up."""
    system = System(f"plimsoll-test-{uuid.uuid4().hex}", "compose.yaml")
    try:
        system.up()
        yield system
    finally:
        system.down("--volumes")
