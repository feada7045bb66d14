"""In the machine that workshop/registry.py makes: bases are pulled by tag and by digest, and anew where asked."""

import json
import re
import subprocess
import sys

import pytest

from workshop.root import ROOT

BASE = "busybox:1.37-musl"
IMITATION = f'FROM {BASE}\nLABEL plimsoll.stand-in="a test\'s"\n'


def run(*words, stdin=None, code=0):
    done = subprocess.run(words, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def bases(*variables):
    """What `make bases` tells of each base, by its name."""
    said = run("make", "bases", *variables)
    return dict(line.split(": ", 1) for line in said.splitlines())


def test_every_base_is_pulled_and_told_with_its_digest():
    told = bases()
    assert BASE in told
    for name, origin in told.items():
        assert re.fullmatch("pulled, sha256:[0-9a-f]{64}", origin), (name, origin)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nginx:1.28-trixie", {"Entrypoint": ["/docker-entrypoint.sh"], "ExposedPorts": {"80/tcp": {}}}),
        ("postgres:17-trixie", {"Entrypoint": ["docker-entrypoint.sh"], "Volumes": {"/var/lib/postgresql/data": {}}}),
        ("node:24-trixie-slim", {"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["node"]}),
        ("golang:1.26-trixie", {"WorkingDir": "/go", "Cmd": ["bash"]}),
        ("debian:trixie-slim", {"Cmd": ["bash"]}),
    ],
)
def test_they_have_the_official_images_configuration(name, expected):
    (inspected,) = json.loads(run("docker", "image", "inspect", name))
    config = inspected["Config"]
    assert {key: config.get(key) for key in expected} == expected
    assert not [label for label in config.get("Labels") or {} if label.startswith("plimsoll")]


def test_debian_has_no_ca_store():
    run("docker", "run", "--rm", "debian:trixie-slim", "test", "-e", "/etc/ssl", code=1)


def test_a_base_is_pulled_by_digest_and_is_built_on():
    digest = bases()[BASE].removeprefix("pulled, ")
    run("docker", "image", "rm", "--force", BASE)
    named = f"{BASE}@{digest}"
    asked = f"from workshop import bases; print(*(each.origin for each in bases.ensure({{'{named}': 'a test'}})))"
    assert run(sys.executable, "-c", asked) == f"pulled, {digest}\n"
    run("docker", "build", "--quiet", "-", stdin=f"FROM {named}\nRUN true\n")


def test_a_stand_in_gives_way_only_where_that_is_asked_for():
    before = bases()[BASE]
    made = run("docker", "build", "--quiet", f"--tag={BASE}", "-", stdin=IMITATION).strip()
    assert bases()[BASE] == "stand-in, a test's"
    assert bases("RENEW=1")[BASE] == before
    # It has lost its name, and stays without one.
    run("docker", "image", "rm", made)
