"""`plimsoll check` installs and starts nothing: it says what is missing, and judges by what needs none of that."""

import os
import shutil
import subprocess

import pytest

from plimsoll import engine_setup
from plimsoll.errors import PlimsollError
from plimsoll.project import bases

pytestmark = pytest.mark.xdist_group("check")

INSTALLERS = ["apt-get", "apt", "dpkg", "mmdebstrap", "dockerd", "systemctl", "service"]

NOT_TO_BE_HAD = "nobody/no-such-helper:1"
CODE = f"""
import sys
from plimsoll import cli
from plimsoll.containers import helper
helper.IMAGE = "{NOT_TO_BE_HAD}"
sys.exit(cli.main())
"""


@pytest.fixture
def watched(tmp_path):
    """A machine on which whatever installs or starts something only leaves word of it."""
    folder, called = tmp_path / "watched", tmp_path / "called"
    folder.mkdir()
    for name in INSTALLERS:
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {called}\n')
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}, lambda: called.read_text() if called.exists() else ""


@pytest.fixture
def nowhere(tmp_path):
    """A context of the `docker` command in which no engine answers, as where none was ever installed."""
    settings = tmp_path / "settings"
    settings.mkdir()
    variables = {"DOCKER_CONFIG": str(settings), "DOCKER_CONTEXT": "nowhere"}
    create = ["docker", "context", "create", "nowhere", f"--docker=host=unix://{tmp_path}/none.sock"]
    subprocess.run(create, env={**os.environ, "DOCKER_CONFIG": str(settings)}, capture_output=True, check=True)
    return variables


@pytest.mark.parametrize("what", ["image", "folder"])
def test_where_no_engine_answers_one_line_says_what_to_do(check, watched, nowhere, tmp_path, what):
    variables, called = watched
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    done = check("nginx:1" if what == "image" else tmp_path, **variables, **nowhere)
    assert (done.code, done.said) == (2, "")
    (line,) = done.errors.splitlines()
    assert line.startswith(f"plimsoll: no Docker Engine answers at unix://{tmp_path}/none.sock: start it")
    assert called() == ""


@pytest.mark.parametrize("kind", ["folder", "image"])
def test_a_helper_that_cannot_be_had_leaves_out_only_what_needs_it(check, image, watched, tmp_path, kind):
    variables, called = watched
    dockerfile = 'FROM busybox:1.37-musl\nEXPOSE 8080\nUSER 65532:65532\nENTRYPOINT ["httpd", "-f", "-p", "8080"]\n'
    (tmp_path / "Dockerfile").write_text(dockerfile)
    rules = ["stops_when_told", "turns_healthy", "has_no_shell", "is_named_by_a_version"]
    asked = [f"--rule={rule}" for rule in rules]
    done = check(tmp_path if kind == "folder" else image(dockerfile), *asked, code=CODE, **variables)
    assert done.code == 1, done.said + done.errors
    (left_out,) = [line for line in done.said.splitlines() if line.startswith("not judged: ")]
    assert left_out.endswith(f": helper {NOT_TO_BE_HAD} can't be had (turns_healthy, stops_when_told)")
    assert "has_no_shell: " in done.said
    (why,) = [line for line in done.errors.splitlines() if f"helper {NOT_TO_BE_HAD} can't be had" in line]
    assert why.count(NOT_TO_BE_HAD) > 1, "it says why"
    assert called() == ""


def test_no_helper_is_had_where_nothing_is_started(check, image):
    done = check(image('FROM scratch\nUSER 65532:65532\nENTRYPOINT ["/x"]\n'), "--static", code=CODE)
    assert NOT_TO_BE_HAD not in done.said + done.errors


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine on which no registry answers, with no base and no package that makes one."""
    asked = []
    monkeypatch.setattr(bases, "here", lambda _: None)
    monkeypatch.setattr(bases, "_pulled", lambda *_: False)
    monkeypatch.setattr(bases, "BUILD", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(engine_setup, "apt", lambda *words: asked.append(words))
    return asked


def test_what_makes_stand_ins_is_told_where_it_may_not_be_installed(bare):
    with pytest.raises(PlimsollError, match="stand-ins need mmdebstrap: install mmdebstrap, or get a network"):
        bases.ensure({next(iter(bases.stand_ins())): "a test"}, install=False)
    assert bare == []


def test_stand_ins_that_cannot_be_listed_are_told(monkeypatch, tmp_path):
    monkeypatch.setattr(bases, "BAKE", "nowhere.hcl")
    with pytest.raises(PlimsollError, match=r"^nowhere\.hcl can't be read, .*: have a buildx that reads it"):
        bases.stand_ins()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlimsollError, match="the `docker` command is missing: install it"):
        bases.stand_ins()
