"""`plimsoll check` that is told to end, by whatever signal and wherever it is: nothing of it is left."""

import signal
import time
import uuid

import pytest

from plimsoll import engine
from plimsoll.commands.dockerfiles import REPOSITORY
from plimsoll.facts.run import orphans

pytestmark = pytest.mark.xdist_group("check")

SLOW = "FROM busybox:1.37-musl AS dev\nFROM busybox:1.37-musl\nRUN sleep 600\n"
"""Its first target is built at once, its last one never."""

DEAF = 'FROM busybox:1.37-musl\nEXPOSE 8080\nUSER 65532:65532\nENTRYPOINT ["sleep", "infinity"]\n'
"""Of a server that never listens: it is waited for."""

PATIENCE = "--timeout=3600"

SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda each: each.name)


def happened(**filters):
    """Wait until the engine tells of an event; those of the last seconds count too."""
    since, until = int(time.time()) - 5, int(time.time()) + 1200
    return engine.client().events(filters=filters, decode=True, since=since, until=until)


@SIGNALS
def test_nothing_is_left_of_a_folder_that_was_being_built(begin, built_of, tmp_path, number):
    name = f"slow-{uuid.uuid4().hex}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "Dockerfile").write_text(SLOW)
    begun = begin(tmp_path / name, "--depth=image")
    tagged = happened(type="image", event="tag")
    assert any(f"{REPOSITORY}{name}" in each["Actor"]["Attributes"]["name"] for each in tagged), "no image was built"
    begun.read_until(f"building {name}:image")
    assert begun.end(number) == ""
    assert begun.process.returncode == 128 + number
    assert begun.errors[-1] == "plimsoll: interrupted, nothing is left running\n"
    assert not any("Traceback" in line for line in begun.errors)
    assert built_of(name) == []
    assert begun.members == []


@SIGNALS
def test_nothing_is_left_of_containers_that_were_running(begin, image, number):
    name = image(DEAF)
    begun = begin(name, PATIENCE, "--quiet")
    assert next(happened(type="container", event="start", image=name), None), "no container was started"
    assert begun.end(number) == ""
    assert begun.process.returncode == 128 + number
    assert begun.errors == ["plimsoll: interrupted, nothing is left running\n"]
    assert begun.left == []
    assert begun.members == []


def test_further_signals_do_not_disturb_the_cleaning(begin, image):
    name = image(DEAF)
    begun = begin(name, PATIENCE, "--quiet")
    assert next(happened(type="container", event="start", image=name), None), "no container was started"
    assert begun.end(signal.SIGTERM, insist=True) == ""
    assert begun.process.returncode == 128 + signal.SIGTERM
    assert begun.errors == ["plimsoll: interrupted, nothing is left running\n"]
    assert begun.left == []


LEAVES = """
import os, signal, sys
from plimsoll import cli, engine
from plimsoll.commands import targets
from plimsoll.facts.run import orphans, ownership

def leave(*_):
    engine.client().containers.run("busybox:1.37-musl", ["sleep", "600"], detach=True, labels=ownership.labels())
    os.kill(os.getpid(), signal.SIGTERM)

targets.subjects = leave
sys.exit(cli.main())
"""
"""A command that is interrupted before it has taken care of its container."""


def test_whatever_the_command_its_containers_are_removed(check):
    done = check("anything", code=LEAVES)
    assert (done.code, done.errors) == (143, "plimsoll: interrupted, nothing is left running\n")
    assert done.left == []


def test_what_cannot_be_removed_is_told(check):
    broken = LEAVES.replace("targets.subjects =", "orphans.clean_up = lambda: 1 / 0\ntargets.subjects =")
    done = check("anything", code=broken)
    assert (done.code, done.errors) == (143, "plimsoll: interrupted, something may be left: division by zero\n")
    orphans.clean_up(done.run)
