"""The judge's own image keeps all of its rules, and judges with no more than it is given."""

import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from plimsoll import engine
from workshop import listed
from workshop.root import ROOT

pytestmark = pytest.mark.xdist_group("own image")

TAKEN = ("Dockerfile", ".dockerignore", "plimsoll.toml", "requirements-run.lock", "plimsoll/", "lessons/")
CLOSURE = "python-flask/catweb/closure.py"
SOCKET = Path("/var/run/docker.sock")
BAD = 'FROM busybox:1.37-musl\nADD Dockerfile /\nUSER 65532:65532\nENTRYPOINT ["/bin/true"]\n'
RULE = "dockerfile.files_are_copied_not_added"


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """What the clone's Dockerfile takes, and what is said of it, in a folder that holds nothing else."""
    folder = tmp_path_factory.mktemp("own") / "plimsoll"
    listed.copy(folder, [name for name in listed.files() if name == CLOSURE or name.startswith(TAKEN)])
    return folder


@pytest.fixture(scope="module")
def image(sources):
    name = f"plimsoll/made-for-a-test:{uuid.uuid4().hex[:12]}"
    subprocess.run(["docker", "buildx", "build", "--quiet", "--load", f"--tag={name}", sources], check=True)
    yield name
    engine.client().images.remove(name, force=True)


def run(image, *words, options=()):
    """A run of the image, confined as tightly as a container can be."""
    least = ["--network=none", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
    command = ["docker", "run", "--rm", *least, *options, image, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_keeps_every_rule_of_its_own(sources):
    """At every depth, notes included."""
    check = [sys.executable, "-m", "plimsoll", "check", "--quiet", "--thorough", "--fail-on=note", "--require=run"]
    done = subprocess.run([*check, sources], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 findings" in done.stdout


def test_it_judges_a_mounted_folder_by_its_text(image, tmp_path):
    (tmp_path / "Dockerfile").write_text(BAD)
    tmp_path.chmod(0o755)
    done = run(image, "check", "--quiet", "--depth=text", ".", options=[f"--volume={tmp_path}:/src:ro"])
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"Dockerfile:2: warning: {RULE}: " in done.stdout


@pytest.mark.skipif(not SOCKET.is_socket(), reason="the engine's socket is somewhere else")
def test_it_judges_an_image_by_the_engine_that_it_is_given(image):
    given = [f"--volume={SOCKET}:{SOCKET}", f"--group-add={SOCKET.stat().st_gid}"]
    wanted = ["--rule=image.runs_as_a_numeric_non_root_user", "--rule=run.stops_when_told"]
    done = run(image, "check", "--quiet", *wanted, "plimsoll/go-gin:prod", options=given)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 rules judged 1 subject" in done.stdout


@pytest.mark.parametrize("rule", ["has_no_shell", "production_services_have_limits"])
def test_it_explains_as_everywhere(image, rule):
    here = subprocess.run(
        [sys.executable, "-m", "plimsoll", "explain", rule], capture_output=True, text=True, check=True
    )
    assert run(image, "explain", rule).stdout == here.stdout


def test_its_first_lines_say_what_the_socket_means():
    said = (ROOT / "Dockerfile").read_text().partition("\nFROM ")[0]
    assert f"--volume {SOCKET}:{SOCKET}" in said
    assert "as root" in said
    assert "SECURITY.md" in said
