"""An engine whose containers' addresses lead to somebody else from here, as a rootless one's or Docker Desktop's do.

The engine runs in a network of its own. The judge is in another, in which every address there is answers, politely,
like the app that is judged: a verdict about whoever answers is one about that decoy.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from plimsoll.facts.run import helper, ownership

pytestmark = [
    pytest.mark.xdist_group("elsewhere"),
    pytest.mark.skipif(
        os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nsenter", "dockerd"))),
        reason="an engine in a network of its own needs root, ip, nsenter and dockerd",
    ),
]

GOOD, DEAF = "plimsoll/go-gin:prod", "plimsoll/made-for-a-test:deaf"
PORT = 8080
START = 60
"""Seconds that the engine, or the decoy, may take to start."""

DECOY = f"""
import http.server, sys
class Decoy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path, file=sys.stderr, flush=True)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{{"message":"pong"}}')
http.server.ThreadingHTTPServer(("", {PORT}), Decoy).serve_forever()
"""
"""It prints what it is asked."""

RULES = [
    "run.answers_its_endpoints",
    "run.listens_on_what_it_exposes",
    "run.stops_when_told",
    "run.turns_healthy",
]


@contextmanager
def network():
    """The name of a network of this machine's that leads nowhere."""
    name = f"plimsoll-{uuid.uuid4().hex[:8]}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


def within(name):
    """What makes a command run in a network: `ip netns exec` would hide the control groups as well."""
    return ["nsenter", f"--net=/run/netns/{name}"]


@contextmanager
def process(words, log):
    with log.open("wb") as said, subprocess.Popen(words, stdout=said, stderr=said) as running:
        try:
            yield running
        finally:
            running.terminate()
            running.wait(START)


def wait_for(condition, log):
    deadline = time.monotonic() + START
    while not condition():
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.1)


class Elsewhere:
    """The engine, the judge's network and the decoy in it."""

    def __init__(self, host, judge, decoy, engine):
        self.host, self.judge, self.decoy, self.engine = host, judge, decoy, engine

    def docker(self, *words, **options):
        return subprocess.run(["docker", f"--host={self.host}", *words], check=True, text=True, **options)

    def here(self, *words):
        """A command's output in the judge's network."""
        done = subprocess.run([*within(self.judge), *words], capture_output=True, text=True, check=False, timeout=300)
        return done.returncode, done.stdout + done.stderr

    def command(self, *arguments):
        """What judges in the judge's network, by this engine."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", ownership.ENVIRONMENT))}
        variables = [f"{name}={value}" for name, value in {**environment, "DOCKER_HOST": self.host}.items()]
        only = [f"--rule={rule}" for rule in RULES]
        judge = [sys.executable, "-m", "plimsoll", "check", "--quiet", "--fail-on=note", *only, *arguments]
        return ["env", "--ignore-environment", *variables, *judge]

    def check(self, image):
        code, said = self.here(*self.command("--output=json", "--timeout=5", image))
        assert "{" in said, said
        results = json.loads(said[said.index("{") :])["results"]
        return code, {each["rule"]: each for each in results}


@pytest.fixture(scope="module")
def elsewhere():
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plimsoll-engine-")))
        engines, judge = stack.enter_context(network()), stack.enter_context(network())
        subprocess.run(["ip", "-n", judge, "route", "add", "local", "0.0.0.0/0", "dev", "lo"], check=True)
        decoy = folder / "decoy.log"
        stack.enter_context(process([*within(judge), sys.executable, "-c", DECOY], decoy))
        (folder / "daemon.json").write_text('{"features": {"containerd-snapshotter": true}, "shutdown-timeout": 1}')
        host, log = f"unix://{folder}/docker.sock", folder / "dockerd.log"
        paths = [f"--{name}={folder / name}" for name in ("data-root", "exec-root", "pidfile")]
        daemon = ["dockerd", *paths, f"--config-file={folder / 'daemon.json'}", f"--host={host}"]
        running = stack.enter_context(process([*within(engines), *daemon], log))
        there = Elsewhere(host, judge, decoy, running)
        version = ["docker", f"--host={host}", "version"]
        wait_for(lambda: subprocess.run(version, capture_output=True, check=False).returncode == 0, log)
        with subprocess.Popen(["docker", "save", helper.IMAGE, GOOD], stdout=subprocess.PIPE) as images:
            there.docker("load", stdin=images.stdout, capture_output=True)
        made = there.docker("create", helper.IMAGE, capture_output=True).stdout.strip()
        change = f'--change=CMD ["sleep", "infinity"]\nEXPOSE {PORT}'.splitlines()
        there.docker("commit", change[0], f"--change={change[1]}", made, DEAF, capture_output=True)
        there.docker("rm", made, capture_output=True)
        yield there


def test_the_decoy_answers_for_a_container(elsewhere):
    """Or else the other tests prove nothing."""
    name = elsewhere.docker("run", "--detach", "--rm", DEAF, capture_output=True).stdout.strip()
    address = elsewhere.docker(
        "inspect", "--format={{.NetworkSettings.Networks.bridge.IPAddress}}", name, capture_output=True
    ).stdout.strip()
    ask = f"import urllib.request; print(urllib.request.urlopen('http://{address}:{PORT}/control', timeout=5).read())"
    wait_for(lambda: "pong" in elsewhere.here(sys.executable, "-c", ask)[1], elsewhere.decoy)
    elsewhere.docker("rm", "--force", name, capture_output=True)


def test_a_container_that_answers_nothing_is_found_out(elsewhere):
    before = elsewhere.decoy.read_text()
    _, judged = elsewhere.check(DEAF)
    assert judged["run.answers_its_endpoints"]["findings"]
    assert elsewhere.decoy.read_text() == before, "the decoy was asked"


def test_a_container_that_answers_is_judged_by_its_own_answers(elsewhere):
    before = elsewhere.decoy.read_text()
    code, judged = elsewhere.check(GOOD)
    assert code == 0, judged
    assert set(judged) == set(RULES)
    assert not any(each["not_judged"] for each in judged.values())
    assert elsewhere.decoy.read_text() == before, "the decoy was asked"


def test_an_engine_that_goes_away_half_way_leaves_rules_unjudged(elsewhere):
    """The last test here: there is no engine any more."""
    command = [*within(elsewhere.judge), *elsewhere.command("--timeout=60", "--require=run", DEAF)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as judging:
        listed = ["ps", f"--filter=ancestor={DEAF}", "--quiet"]
        wait_for(lambda: elsewhere.docker(*listed, capture_output=True).stdout, elsewhere.decoy)
        elsewhere.engine.terminate()
        said, errors = judging.communicate(timeout=300)
    assert judging.returncode == 2, said + errors
    assert "not judged: " in said
    assert f"the engine at {elsewhere.host} does not do what it is asked" in said + errors
    assert "Traceback" not in said + errors
    assert "internal error" not in said + errors
