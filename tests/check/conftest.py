"""Running `plimsoll check` as a user does, on images and folders made for a test."""

import os
import subprocess
import sys
import time

import pytest

from plimsoll import engine
from plimsoll.containers import ownership


class Check:
    """One run of the command."""

    def __init__(self, *arguments, folder=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", ownership.ENVIRONMENT))}
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "plimsoll", "check", *map(str, arguments)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        self.seconds = time.monotonic() - begun
        self.code, self.said, self.errors = done.returncode, done.stdout, done.stderr


@pytest.fixture
def check():
    return Check


def _image(name, dockerfile):
    command = ["docker", "buildx", "build", "--quiet", "--load", f"--tag={name}", "-"]
    subprocess.run(command, input=dockerfile, text=True, capture_output=True, check=True)
    return name


@pytest.fixture
def image(request):
    """Builds an image from the text of a Dockerfile; it is gone after the test."""
    made = []

    def build(dockerfile):
        made.append(_image(f"plimsoll/made-for-a-test:{abs(hash(request.node.nodeid)) % 10**8}", dockerfile))
        return made[-1]

    yield build
    for name in made:
        engine.client().images.remove(name, force=True)
