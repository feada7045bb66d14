"""The compose system: brought up at one address, and taken down."""

from __future__ import annotations

import functools
import os
import socket
import subprocess
from pathlib import Path

from plimsoll import engine
from plimsoll.errors import PlimsollError
from workshop.root import PREFIX, ROOT

NAME = "plimsoll"
"""What compose.yaml calls the system."""

LABEL = "com.docker.compose.project"
FILES = ("compose.yaml", "compose.prod.yaml")
DEFAULT_PORT = 8080
UP_TIMEOUT = 180
"""Seconds until every service must be healthy."""


def port() -> int:
    """The port of the page, from PLIMSOLL_PORT.

    Raises:
        PlimsollError: it is not a port's number.

    """
    text = os.environ.get("PLIMSOLL_PORT", str(DEFAULT_PORT))
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise PlimsollError(f"PLIMSOLL_PORT={text} is not a port", "give a number from 1 to 65535")
    return int(text)


@functools.cache
def bases() -> dict[str, str]:
    """The images of the compose files that are not the project's own, each with the file that names it.

    Raises:
        PlimsollError: compose does not accept a file.

    """
    places: dict[str, str] = {}
    for file in FILES:
        done = compose("--file", file, "config", "--images", capture=True)
        if done.returncode != 0:
            raise PlimsollError(f"{file}: {done.stderr.strip().splitlines()[-1]}", "fix it")
        for name in done.stdout.split():
            if not name.startswith(PREFIX):
                places.setdefault(name, file)
    return places


def up() -> str:
    """Build and start the system, wait until all of it is healthy, and return its address.

    Raises:
        PlimsollError: the port is taken, another clone's system is up, or a service does not build or turn healthy.

    """
    _require_own()
    if not _running():
        _require_free(port())
    if proxies := [f"--build-arg={name}" for name in engine.proxies()]:
        # `up` builds too and takes no arguments for it; what is built already it finds in the cache.
        compose("build", *proxies)
    done = compose("up", "--build", "--detach", "--wait", "--wait-timeout", str(UP_TIMEOUT), "--remove-orphans")
    if done.returncode != 0:
        raise PlimsollError("the system did not come up", "read the lines above, or `docker compose logs`")
    return f"http://localhost:{port()}"


def smoke() -> str:
    """Ask every service from inside the network, and return the table of their answers.

    Raises:
        PlimsollError: one of them does not answer as it must; the table is the cause.

    """
    done = compose("run", "--rm", "--quiet-pull", "smoke", capture=True)
    if done.returncode != 0:
        raise PlimsollError(f"a service does not answer:\n{done.stdout or done.stderr}", "see `docker compose logs`")
    return done.stdout


def down() -> None:
    """Stop the system and remove its containers and networks; volumes, and so the data, stay.

    Raises:
        PlimsollError: compose could not.

    """
    if compose("down", "--remove-orphans").returncode != 0:
        raise PlimsollError("the system did not go down", "read the lines above")


def compose(*arguments: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run `docker compose` on the repository's system; files are owned by the caller's user and group."""
    owner = {"UID": str(os.getuid() or 1000), "GID": str(os.getgid() or 1000)}
    return subprocess.run(
        ["docker", "compose", *arguments],
        cwd=ROOT,
        env={**owner, **engine.environment()},
        capture_output=capture,
        text=True,
        check=False,
    )


def _require_own() -> None:
    """Refuse to take over the containers of another clone, whose system has the same name."""
    project = os.environ.get("COMPOSE_PROJECT_NAME", NAME)
    running = engine.client().containers.list(filters={"label": f"{LABEL}={project}"}, ignore_removed=True)
    folders = {Path(str(each.labels.get(f"{LABEL}.working_dir", ROOT))) for each in running}
    for folder in sorted(each for each in folders if each != ROOT and each.is_dir()):
        raise PlimsollError(f"the system of another clone is up ({folder})", f"stop it there, `make -C {folder} down`")


def _running() -> bool:
    return bool(compose("ps", "--quiet", capture=True).stdout.strip())


def _require_free(number: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as error:
            raise PlimsollError(
                f"port {number} of 127.0.0.1 is in use",
                f"stop what listens there, or `make up PORT={number + 1}`",
            ) from error
