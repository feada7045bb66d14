"""Judging by the rules in a test: the facts of a subject are gathered once, however many of its tests ask."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import ExitStack, suppress

import pytest

from plimsoll import runner
from plimsoll.facts.gathering import Store
from plimsoll.facts.registry import Depth
from workshop.root import BUILD
from workshop.served import served
from workshop.suite import reporting


@pytest.fixture(scope="session")
def store(request):
    """The facts that images of the same content share, in this run and in later ones."""
    store = Store(BUILD / "facts")
    yield store
    reporting.count(request.config, store)


@pytest.fixture
def serve_registry():
    """Starts registries, which end with the test."""
    with ExitStack() as stack:
        yield lambda *how: stack.enter_context(served(*how))


@pytest.fixture(scope="session")
def git():
    """The `git` command in a folder, as somebody who has a name and no settings: what it says."""
    if not shutil.which("git"):
        pytest.skip("there is no `git` command")
    name = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.test", "-c", "init.defaultBranch=main")
    nothing_set = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

    def run(folder, *arguments):
        command = ["git", "-C", folder, *name, *arguments]
        return subprocess.run(command, env=nothing_set, capture_output=True, text=True, check=True).stdout

    return run


REGISTRY = "docker-registry"
PATIENCE = 60
"""Seconds that the registry may take to answer, on a machine that does other things too."""


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _answers(address):
    with suppress(OSError), urllib.request.urlopen(f"http://{address}/v2/") as answer:
        return answer.status == 200
    return False


@pytest.fixture(scope="session")
def debians_registry(tmp_path_factory):
    """Debian's registry on a port of its own of this machine; its address."""
    if not shutil.which(REGISTRY):
        pytest.skip(f"there is no `{REGISTRY}` here: `apt-get install {REGISTRY}`")
    folder = tmp_path_factory.mktemp("registry")
    address = f"127.0.0.1:{_free_port()}"
    settings = {
        "version": "0.1",
        "log": {"accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "held")}},
        "http": {"addr": address},
    }
    (folder / "config.yml").write_text(json.dumps(settings))
    with (folder / "said").open("wb") as said:
        running = subprocess.Popen([REGISTRY, "serve", folder / "config.yml"], stdout=said, stderr=said)
    try:
        ends = time.monotonic() + PATIENCE
        while not _answers(address):
            assert running.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < ends, (folder / "said").read_text()
            time.sleep(0.05)
        yield address
    finally:
        running.terminate()
        running.wait()


AT_ONCE = 2
"""Experiments that are under way together in each worker, of which there is more than one."""


class Judge:
    """Judges subjects by rules; the facts of the subject before are given up once another's are asked for."""

    def __init__(self, store, items):
        self.store = store
        self.items = items
        self.subject = self.facts = None
        self.prepared = False
        self.stack = ExitStack()

    def __call__(self, rule, subject):
        """What a rule says of a subject; what else has to be learned of it from containers is learned beside."""
        if self.subject is not subject:
            self.end()
            self.subject, self.facts = subject, self.stack.enter_context(runner.facts_of(subject, self.store))
            self.prepared = False
        if rule.depth is Depth.RUN and not self.prepared:
            runner.prepare([rule, *self._others(subject)], self.facts, AT_ONCE)
            self.prepared = True
        return runner.judge(rule, subject, self.facts)

    def _others(self, subject):
        """The rules that apply to the subject by which tests of this session judge it."""
        params = [item.callspec.params for item in self.items if hasattr(item, "callspec")]
        for each in params:
            if each.get("subject") is subject:
                chosen = each.get("rules") or [each["rule"]]
                yield from (rule for rule in chosen if runner.applies(rule, subject))

    def forget(self):
        """Keep nothing of the subject's facts for a later run: what failed once may have failed by chance."""
        for key in self.facts.keys:
            self.store.forget(key)

    def end(self):
        """End what was started for the subject."""
        self.stack.close()


@pytest.fixture(scope="session")
def judge(store, request):
    """Judges a subject by a rule."""
    judge = Judge(store, request.session.items)
    yield judge
    judge.end()


@pytest.fixture
def keeps(judge):
    """Sees that a subject keeps a rule: fails, skips or is waived as the rule's result says."""

    def keeps(rule, subject):
        result = judge(rule, subject)
        if result.findings or result.failed:
            judge.forget()
        if result.findings:
            said = [str(finding) for finding in result.findings]
            pytest.fail("\n".join([*said, f"why: {rule.why}", f"rule: {rule.place}"]), pytrace=False)
        if result.failed:
            pytest.fail(f"not judged: {result.unjudged}", pytrace=False)
        if result.unjudged or result.left_out:
            pytest.skip(result.unjudged or result.left_out)
        if result.waived:
            pytest.xfail(f"waived: {result.waived}")
        for each in result.standing:
            if not (each.shared or each.file):
                # So that none outlives its reason. What other images may need is none of this one's.
                why = f"{subject} keeps {rule}, which it need not: {each.waiver.reason}: remove the waiver"
                pytest.fail(why, pytrace=False)

    return keeps
