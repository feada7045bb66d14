"""A load of HTTP requests by wrk, from a container beside the server: to compare two servers, never to boast with."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import container, helper

if TYPE_CHECKING:
    from plimsoll.facts.run.container import Container

IMAGE = "plimsoll/wrk:bench"
DOCKERFILE = f"""\
FROM {helper.IMAGE}
RUN apt-get update && apt-get install -y --no-install-recommends wrk && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["wrk"]
"""
CONNECTIONS = 16


def prepare() -> None:
    """Build the image that holds wrk, from a Dockerfile on standard input.

    Raises:
        PlimsollError: it does not build.

    """
    command = ["docker", "buildx", "build", "--quiet", "--tag", IMAGE, "-"]
    done = subprocess.run(
        command, input=DOCKERFILE, env=engine.environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PlimsollError(f"{IMAGE} does not build: {done.stderr.strip()[-300:]}", "fix that, then run this again")


def requests_per_second(server: Container, path: str, seconds: int = 4) -> float:
    """Answers in a second, over connections that are kept where the server keeps them.

    Args:
        server: what is asked, on Docker's default network.
        path: what for.
        seconds: for how long.

    Raises:
        PlimsollError: an answer was no success, or there was none.

    """
    server.state()
    address = server.container.attrs["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
    words = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", f"http://{address}:{server.port}{path}"]
    with container.started(IMAGE, command=words) as running:
        code, said = running.wait(timeout=seconds + 30), running.logs()
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if code != 0 or rate is None or "Non-2xx" in said:
        raise PlimsollError(f"{server.image} does not bear a load of GET {path}: {said}", "see its log")
    return float(rate[1])
