"""In the machine that workshop/registry.py makes, as its root: a registry that answers badly is never stood in for."""

import http.client
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workshop.root import ROOT

BASE = "busybox:1.37-musl"
ENGINE = Path("/etc/docker/daemon.json")
MIRROR = "http://127.0.0.1:5001"
DISTRUSTED = "https://registry.test:5443"
NOBODY = "http://127.0.0.1:5999"

FINAL = {
    "unauthorised": "the registry wants a login for it, or does not have it, 401 Unauthorized: log in to it",
}
PASSING = {
    "busy": "the registry allows no more pulls for now, 429 Too Many Requests, asked 3 times: wait, or log in to it",
    "broken": "the registry is broken, 500 Internal Server Error, asked 3 times: try again later",
    "cut": "the registry broke off, ",
    "layers-broken": "the registry breaks off half-way, unknown, asked 3 times: try again later",
}


def misbehaves(how):
    registry = http.client.HTTPConnection(MIRROR.removeprefix("http://"))
    registry.request("PUT", f"/fault/{how}")
    assert registry.getresponse().status == 204
    registry.close()


def mirror(address):
    """Give the engine this registry, and no other."""
    ENGINE.write_text(json.dumps(json.loads(ENGINE.read_text()) | {"registry-mirrors": [address]}))
    subprocess.run(["pkill", "--signal=HUP", "--exact", "dockerd"], check=True)
    for _ in range(100):
        done = subprocess.run(["docker", "info"], capture_output=True, text=True, check=True)
        if f"\n  {address}/\n" in done.stdout:
            return
        time.sleep(0.1)
    pytest.fail(f"the engine does not take {address} as its mirror")


def is_here():
    return bool(subprocess.run(["docker", "images", "--quiet", BASE], capture_output=True, check=True).stdout)


def bases():
    """Have all bases, of which one is missing, as the workshop does."""
    command = [sys.executable, "-m", "workshop", "bases"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    # What is told at last, and what before on the way.
    *before, last = done.stderr.splitlines()
    return done.returncode, last.removeprefix("plimsoll: "), "\n".join(before)


def check(folder, *options):
    (folder / "Dockerfile").write_text(f"FROM {BASE}\nRUN sudo true\n")
    rules = ["--rule=does_not_use_sudo", "--rule=has_no_shell"]
    command = [sys.executable, "-m", "plimsoll", "check", str(folder), *rules, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, [line for line in done.stdout.splitlines() if line.startswith("not judged: ")]


@pytest.fixture(autouse=True)
def _missing():
    """The base is missing, and the registry is well before and after."""
    misbehaves("none")
    subprocess.run(["docker", "image", "rm", "--force", BASE], capture_output=True, check=False)
    yield
    misbehaves("none")
    mirror(MIRROR)


@pytest.fixture(autouse=True, scope="module")
def _alone():
    mirror(NOBODY)
    subprocess.run(["docker", "image", "rm", "--force", BASE], capture_output=True, check=False)
    other = subprocess.run(["docker", "pull", "--quiet", BASE], capture_output=True, check=False)
    mirror(MIRROR)
    if other.returncode == 0:
        pytest.skip("another registry is reached from here, which gives what this one refuses")


@pytest.mark.parametrize(("how", "told"), [*FINAL.items(), *PASSING.items()])
def test_it_is_told_in_one_line_and_not_stood_in_for(how, told, tmp_path):
    misbehaves(how)
    code, last, before = bases()
    assert code == 2
    assert re.match(rf"\S+ needs {BASE}, and {re.escape(told)}", last), last
    assert not is_here()
    assert before.count("asked again in") == (2 if how in PASSING else 0), before
    code, (not_judged,) = check(tmp_path)
    assert code == 1, "what text tells is judged"
    assert re.match(rf"not judged: .*, base {BASE} can't be had: {re.escape(told)}", not_judged), not_judged
    assert check(tmp_path, "--require=image")[0] == 2
    assert not is_here()


def test_one_that_is_slow_is_waited_for():
    misbehaves("slow")
    code, *_ = bases()
    assert code == 0
    assert is_here()


@pytest.mark.parametrize("how", ["broken/1", "busy/7"])
def test_one_that_is_well_again_is_pulled_from(how):
    misbehaves(how)
    code, _, before = bases()
    assert code == 0
    assert before.count("asked again in") == 1
    assert is_here()


def test_a_certificate_that_nobody_trusts_is_told(tmp_path):
    mirror(DISTRUSTED)
    told = "the engine trusts nobody who signed the certificate of the registry registry.test:5443: save its"
    code, last, _ = bases()
    assert code == 2
    assert f"needs {BASE}, and {told}" in last
    assert f"base {BASE} can't be had: {told}" in check(tmp_path)[1][0]
    assert not is_here()


def test_only_one_that_nobody_reaches_is_stood_in_for(monkeypatch, tmp_path):
    monkeypatch.setenv("PLIMSOLL_INSTALL", "0")
    mirror(NOBODY)
    code, last, before = bases()
    assert code == 2
    assert "no registry answers, dial tcp 127.0.0.1:5999: connect: connection refused: bases that are missing" in before
    assert "no container registry answers, and stand-ins need mmdebstrap" in last
    assert f"base {BASE} can't be had: no registry answers, dial tcp 127.0.0.1:5999" in check(tmp_path)[1][0]
