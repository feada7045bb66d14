"""What a run leaves behind is removed, and nothing that is still in use."""

import os
import subprocess
import sys
import uuid
from contextlib import ExitStack

import pytest

from plimsoll.facts.run import container, helper, orphans, ownership
from workshop.root import ROOT

pytestmark = pytest.mark.engine

pytest_plugins = ["pytester"]

IDLE = ["sleep", "60"]

OWN = f"run-of-{uuid.uuid4().hex}"
"""A run of this process alone: another that ends one of the same name removes what this one looks at."""


@pytest.fixture
def idle():
    with container.started(helper.IMAGE, command=IDLE, network_mode="none") as running:
        yield running.container.name


@pytest.mark.parametrize("where", ["inprocess", "subprocess"])
def test_a_run_within_a_test_leaves_the_outer_ones_containers(pytester, monkeypatch, idle, where):
    """Two runs shared a name once, and the inner one ended the containers of every rule that was being judged."""
    # Elsewhere, python finds the workshop only where it is told of it.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile("def test_passes(): pass")
    runpytest = {"inprocess": pytester.runpytest_inprocess, "subprocess": pytester.runpytest_subprocess}[where]
    runpytest("-pworkshop.suite.plugin").assert_outcomes(passed=1)
    assert idle in orphans.of_run(ownership.RUN)


def test_what_a_run_left_is_removed_by_its_end(monkeypatch):
    monkeypatch.setattr(ownership, "RUN", OWN)
    with container.started(helper.IMAGE, command=IDLE, network_mode="none") as left:
        assert left.container.name in orphans.clean_up(OWN)
        assert orphans.of_run(OWN) == []


def owner(machine=None, process=None, begun=None):
    """The labels of what a process of another run started; of this process where nothing else is said."""
    mine = ownership.labels()[ownership.BEGINNER].split(" ")
    named = [given or own for given, own in zip((machine, process, begun), mine, strict=True)]
    return {ownership.LABEL: "another", ownership.BEGINNER: " ".join(named)}


@pytest.fixture
def gone():
    """The number of a process that was."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return str(process.pid)


def test_of_a_process_that_is_gone_nothing_is_in_use(gone):
    assert ownership.is_orphan(owner(process=gone))


def test_of_a_process_that_is_there_all_is_in_use():
    assert not ownership.is_orphan(owner())


def test_a_number_that_came_back_is_another_process():
    assert ownership.is_orphan(owner(begun="1"))


def test_another_machines_processes_can_not_be_looked_for(gone):
    assert not ownership.is_orphan(owner(machine="elsewhere", process=gone))


def test_what_says_nothing_of_its_beginning_is_left_alone():
    assert not ownership.is_orphan({ownership.LABEL: "1"})


def test_only_what_is_known_to_be_an_orphan_is_swept(monkeypatch, gone):
    labels = {"gone": owner(process=gone), "elsewhere": owner(machine="elsewhere", process=gone)}
    with ExitStack() as stack:
        names = {}
        for name, given in labels.items():
            monkeypatch.setattr(ownership, "labels", lambda given=given: given)
            one = stack.enter_context(container.started(helper.IMAGE, command=IDLE, network_mode="none"))
            names[name] = one.container.name
        swept = orphans.clean_up(OWN)
        assert names["gone"] in swept
        assert names["elsewhere"] not in swept


def test_what_a_test_starts_begins_a_run_of_its_own():
    """A check cleans up its whole run: as a part of this one, it would take the helpers of all its workers."""
    code = "from plimsoll.facts.run import ownership; print(ownership.BEGAN, ownership.RUN)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    began, run = done.stdout.split()
    assert began == "True"
    assert run != ownership.RUN


def test_each_process_of_a_run_has_a_network_that_leads_nowhere_and_takes_it_away():
    """Workers shared one by its name: made twice at once it was nobody's, and it stayed when the last of them ended."""
    code = """
from plimsoll import engine
from plimsoll.facts.run import launch
name = launch.isolated()
assert launch.isolated() == name
print(name, len(engine.client().networks.list(names=[name])))
launch.close()
print(len(engine.client().networks.list(names=[name])))
"""
    environment = {**os.environ, ownership.ENVIRONMENT: "shared"}
    started = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    (one, *counts), (other, *counted) = (each.communicate()[0].split() for each in started)
    assert one != other
    assert counts == counted == ["1", "0"]
