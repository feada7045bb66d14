"""Running `plimsoll check` as a user does, on images and folders made for a test."""

import os
import signal
import subprocess
import sys
import threading
import uuid
from contextlib import suppress
from pathlib import Path

import pytest

from plimsoll import engine
from plimsoll.commands.dockerfiles import REPOSITORY
from plimsoll.facts.run import orphans, ownership

ENDLESS = 1200
"""Seconds after which what still runs is taken to hang: it says nothing of how quick that is on a busy machine."""

COMMAND = [sys.executable, "-m", "plimsoll", "check"]

LISTENING = ["env", "--default-signal=INT,TERM,HUP"]
"""Before a command: where this suite runs in the background, Ctrl-C is ignored, and whoever it starts inherits that."""


def environment(**more):
    """What a user's shell gives the command, from which this suite's own run is kept."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", ownership.ENVIRONMENT))}
    return {**kept, **more}


class Check:
    """One run of the command.

    Args:
        arguments: the command's.
        folder: in which it is called.
        code: a Python script that is run instead of `plimsoll`, with the same arguments.
        variables: of its environment, beside what a user's shell gives.

    """

    def __init__(self, *arguments, folder=None, code=None, **variables):
        self.run = uuid.uuid4().hex
        command = [sys.executable, "-c", code, "check"] if code else COMMAND
        done = subprocess.run(
            [*LISTENING, *command, *map(str, arguments)],
            cwd=folder,
            env=environment(**{ownership.ENVIRONMENT: self.run}, **variables),
            capture_output=True,
            text=True,
            timeout=ENDLESS,
            check=False,
        )
        self.code, self.said, self.errors = done.returncode, done.stdout, done.stderr

    @property
    def left(self):
        """What the engine still has of it."""
        return left(self.run)


def left(run):
    """The containers and networks of a run: others judge at the same time."""
    networks = engine.client().networks.list(filters={"label": f"{ownership.LABEL}={run}"})
    return [*orphans.of_run(run), *(each.name for each in networks)]


class Begun:
    """A command under way, in a session of its own, as a run of its own."""

    def __init__(self, *arguments):
        self.run = uuid.uuid4().hex
        self.process = subprocess.Popen(
            [*LISTENING, *COMMAND, *map(str, arguments)],
            env=environment(**{ownership.ENVIRONMENT: self.run}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.errors = []

    def read_until(self, words):
        for line in self.process.stderr:
            self.errors.append(line)
            if words in line:
                return
        pytest.fail(f"it never said {words!r}: {''.join(self.errors)}")

    def wait(self):
        """What it says, once it has ended."""
        said, errors = self.process.communicate(timeout=ENDLESS)
        self.errors += errors.splitlines(keepends=True)
        return said

    def end(self, number, *, insist=False):
        """Send it a signal, and it alone; and again and again where that is asked for."""
        self.process.send_signal(number)
        over = threading.Event()

        def repeat():
            while not over.wait(0.02):
                self.process.send_signal(signal.SIGTERM)
                self.process.send_signal(signal.SIGINT)

        repeating = threading.Thread(target=repeat)
        if insist:
            repeating.start()
        try:
            return self.wait()
        finally:
            over.set()
            if insist:
                repeating.join()

    @property
    def members(self):
        """The processes of its session."""
        found = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = file.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid and fields[0] != "Z":
                found.append(file.parent.name)
        return found

    @property
    def left(self):
        """What the engine still has of it."""
        return left(self.run)


@pytest.fixture
def check():
    return Check


@pytest.fixture
def begin():
    begun = []

    def begin(*arguments):
        begun.append(Begun(*arguments))
        return begun[-1]

    yield begin
    for each in begun:
        if each.process.poll() is None:
            each.process.kill()
        orphans.clean_up(each.run)


@pytest.fixture
def heard():
    """What the engine tells from now on: what it told before it keeps only in part, and others make it tell much."""

    def heard(**filters):
        events = []
        stream = engine.client().events(decode=True, filters=filters)

        def listen():
            with suppress(Exception):  # its time is up, or the test's
                events.extend(stream)

        threading.Thread(target=listen, daemon=True).start()
        return events

    return heard


@pytest.fixture
def built_of():
    """What the engine has of the images that the command builds of a folder of some name."""

    def built_of(name):
        return [*engine.images(f"{REPOSITORY}{name}*")]

    return built_of


def _image(name, dockerfile):
    command = ["docker", "buildx", "build", "--quiet", "--load", f"--tag={name}", "-"]
    subprocess.run(command, input=dockerfile, text=True, capture_output=True, check=True)
    return name


@pytest.fixture
def image():
    """Builds an image from the text of a Dockerfile; it is gone after the test."""
    made = []

    def build(dockerfile):
        made.append(_image(f"plimsoll/made-for-a-test:{uuid.uuid4().hex[:12]}", dockerfile))
        return made[-1]

    yield build
    for name in made:
        engine.client().images.remove(name, force=True)
