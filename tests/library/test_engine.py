"""What is said of an engine that is missing, too old, or lacks a plugin: against servers that pretend."""

import http.server
import json
import os
import stat
import subprocess
import sys
import threading

import pytest

from workshop.root import ROOT


class Pretender(http.server.BaseHTTPRequestHandler):
    """The three answers of the Docker API that tell an engine's version."""

    version = ""

    def do_GET(self):
        answer = {"ApiVersion": "1.41", "ServerVersion": self.version, "DriverStatus": [], "Driver": "overlay2"}
        body = b"OK" if self.path.endswith("_ping") else json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Api-Version", "1.44")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def pretended(tmp_path, monkeypatch):
    """Run `make engine` against an engine and plugins of given versions; its exit code and what it said."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pretender)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def run(engine, buildx="0.30.0", compose="2.40.0"):
        monkeypatch.setattr(Pretender, "version", engine)
        docker = tmp_path / "docker"
        docker.write_text(
            '#!/bin/sh\ncase "$1" in\n'
            f"buildx) echo 'github.com/docker/buildx v{buildx} abc'; test -n '{buildx}';;\n"
            f"compose) echo 'Docker Compose version v{compose}'; test -n '{compose}';;\nesac\n"
        )
        docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
        environment = {
            **os.environ,
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "DOCKER_HOST": f"tcp://127.0.0.1:{server.server_port}",
        }
        return command("engine", env=environment)

    yield run
    server.shutdown()
    server.server_close()


def command(*arguments, **options):
    done = subprocess.run(
        [sys.executable, "-m", "workshop", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_new_enough_engine_is_used_as_it_is(pretended):
    code, said = pretended("28.5.2")
    assert code == 0
    assert "Docker Engine 28.5.2 (overlay2 image store)" in said


@pytest.mark.parametrize(
    ("versions", "named"),
    [
        ({"engine": "20.10.24"}, "Docker Engine 20.10.24 is too old, 28.0 is needed"),
        ({"engine": "28.5.2", "buildx": "0.9.1"}, "docker buildx 0.9.1 is too old, 0.20 is needed"),
        ({"engine": "28.5.2", "compose": "2.3.3"}, "docker compose 2.3.3 is too old, 2.30 is needed"),
        ({"engine": "28.5.2", "buildx": ""}, "docker buildx is missing: install version 0.20 or newer"),
        ({"engine": "28.5.2", "compose": ""}, "docker compose is missing: install version 2.30 or newer"),
    ],
)
def test_what_is_too_old_or_missing_is_named_with_its_version(pretended, versions, named):
    code, said = pretended(**versions)
    assert code == 2
    assert named in said
    assert len(said.strip().splitlines()) == 1


def test_a_stopped_engine_that_docker_host_names_is_not_replaced(tmp_path):
    socket = f"unix://{tmp_path}/none.sock"
    code, said = command("engine", env={**os.environ, "DOCKER_HOST": socket})
    assert code == 2
    assert said.strip() == (
        f"plimsoll: no engine answers ({socket}): start Docker there, or unset DOCKER_HOST, which names that address"
    )


def test_a_stopped_engine_of_a_context_is_not_replaced(tmp_path):
    address, environment = f"unix://{tmp_path}/none.sock", {**os.environ, "DOCKER_CONFIG": str(tmp_path)}
    environment.pop("DOCKER_HOST", None)
    create = ["docker", "context", "create", "elsewhere", f"--docker=host={address}"]
    subprocess.run(create, env=environment, capture_output=True, check=True)
    code, said = command("engine", env={**environment, "DOCKER_CONTEXT": "elsewhere"})
    assert code == 2
    assert said.strip() == (
        f"plimsoll: no engine answers ({address}): start Docker there, or leave the context elsewhere "
        "(unset DOCKER_CONTEXT)"
    )


NOBODY = """
import os
from plimsoll import engine
from workshop import cli
os.setgroups([]); os.setgid(65534); os.setuid(65534)
{host}
raise SystemExit(cli.main(["engine"]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("", "this user may not speak to the Docker Engine at unix://"),
        (
            "engine.where = lambda: engine.address.Address('unix:///nowhere/docker.sock')",
            "start it, or run this as root once to install Docker Engine 28.0 or newer",
        ),
    ],
    ids=["roots_engine", "no_engine"],
)
def test_without_root_no_engine_is_installed(host, told):
    """As nobody, who may not speak to root's engine either, and is told so."""
    environment = {key: value for key, value in os.environ.items() if key != "DOCKER_HOST"}
    script = NOBODY.format(host=host)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
