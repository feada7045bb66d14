"""`plimsoll check` installs and starts nothing: it says what is missing, and judges by what needs none of that."""

import os
import shutil
import subprocess
import uuid

import pytest

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import helper
from plimsoll.facts.run.trial import poll_until
from plimsoll.facts.text import buildkit
from plimsoll.subject import Variant
from workshop import bases, packages

pytestmark = pytest.mark.xdist_group("check")

INSTALLERS = ["apt-get", "apt", "dpkg", "mmdebstrap", "dockerd", "systemctl", "service"]

NOT_TO_BE_HAD = "nobody/no-such-helper:1"
HEARD_WITHIN = 60
"""Seconds in which the engine tells what has happened."""

ANOTHER = f"--helper={NOT_TO_BE_HAD}"

SERVER = 'FROM {base}\nEXPOSE 8080\nUSER 65532:65532\nENTRYPOINT ["httpd", "-f", "-p", "8080"]\n'
BASE = "busybox:1.37-musl"


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
def desktop(tmp_path):
    """The settings of a `docker` command whose context is a Desktop that is stopped."""
    settings = {**os.environ, "DOCKER_CONFIG": str(tmp_path / "settings")}
    settings.pop("DOCKER_HOST", None)
    create = ["docker", "context", "create", "desktop-linux", f"--docker=host=unix://{tmp_path}/none.sock"]
    for command in (create, ["docker", "context", "use", "desktop-linux"]):
        subprocess.run(command, env=settings, capture_output=True, check=True)
    return {"DOCKER_CONFIG": settings["DOCKER_CONFIG"], "DOCKER_HOST": ""}


@pytest.mark.parametrize("what", ["image", "folder"])
def test_where_no_engine_answers_one_line_says_what_to_do(check, watched, desktop, tmp_path, what):
    variables, called = watched
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    done = check("nginx:1" if what == "image" else tmp_path, **variables, **desktop)
    assert done.code == (2 if what == "image" else 0)
    (line,) = [line for line in (done.errors + done.said).splitlines() if "no engine" in line]
    leave = "start Docker Desktop, or leave the context desktop-linux (`docker context use default`)"
    assert f"no engine answers (unix://{tmp_path}/none.sock): {leave}" in line
    assert called() == ""


@pytest.mark.parametrize("what", ["image", "folder"])
def test_an_address_with_a_typing_error_is_told(check, tmp_path, what):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    done = check("nginx:1" if what == "image" else tmp_path, "--require=image", DOCKER_HOST="unix//var/run/docker.sock")
    assert done.code == 2, done.said
    (line,) = [line for line in (done.errors + done.said).splitlines() if "DOCKER_HOST" in line]
    assert "DOCKER_HOST=unix//var/run/docker.sock is no address of an engine: write it as in unix:///var" in line


@pytest.mark.parametrize("kind", ["folder", "image"])
def test_a_helper_that_cannot_be_had_leaves_out_only_what_needs_it(check, image, watched, tmp_path, kind):
    variables, called = watched
    dockerfile = SERVER.format(base=BASE)
    (tmp_path / "Dockerfile").write_text(dockerfile)
    rules = ["stops_when_told", "turns_healthy", "has_no_shell", "is_named_by_a_version"]
    asked = [f"--rule={rule}" for rule in rules]
    asked += [ANOTHER, "--fail-on=note", "--require=run"]
    done = check(tmp_path if kind == "folder" else image(dockerfile), *asked, **variables)
    assert done.code == 2, done.said + done.errors
    (left_out,) = [line for line in done.said.splitlines() if line.startswith("not judged: ")]
    names = "run.turns_healthy, run.stops_when_told"
    assert left_out == f"not judged: 2 rules ({names}), helper {NOT_TO_BE_HAD} can't be had"
    assert ": note: image.has_no_shell: " in done.said
    (why,) = [line for line in done.errors.splitlines() if f"helper {NOT_TO_BE_HAD} can't be had" in line]
    assert ": " in why.partition("is not judged: ")[2], "why is told by cause and remedy"
    assert called() == ""


@pytest.mark.parametrize("more", [["--depth=image"], ["--base"], ["--skip=stops_when_told", "--rule=has_no_shell"]])
def test_no_helper_is_had_where_nothing_is_started(check, image, more):
    done = check(image('FROM scratch\nUSER 65532:65532\nENTRYPOINT ["/x"]\n'), ANOTHER, *more)
    assert NOT_TO_BE_HAD not in done.said + done.errors


def test_another_helper_does_what_the_usual_one_does(check, image, heard):
    """With a name that only this test gives it, so that what is started of it can be told from all others'."""
    another = f"plimsoll/made-for-a-test:{uuid.uuid4().hex[:12]}"
    subprocess.run(["docker", "tag", helper.IMAGE, another], check=True)
    made = heard(type="container", event="create", image=another)
    try:
        done = check(image(SERVER.format(base=BASE)), "--rule=answers_its_endpoints", f"--helper={another}", "--quiet")
        assert (done.code, done.errors) == (0, ""), done.said + done.errors
        assert "1 rule judged 1 subject" in done.said
        assert poll_until(lambda: bool(made), HEARD_WITHIN)
    finally:
        engine.client().images.remove(another, force=True)


def test_a_base_that_cannot_be_had_leaves_out_only_what_needs_it(check, watched, tmp_path):
    variables, called = watched
    base = "nobody/no-such-base:1"
    text = SERVER.format(base=base) + "RUN sudo true\nMAINTAINER nobody\nWORKDIR here\nLABEL of=$THE_BASE\n"
    (tmp_path / "Dockerfile").write_text(text)
    asked = [
        *("does_not_use_sudo", "uses_nothing_deprecated", "working_directory_is_absolute", "variables_are_declared"),
        *("builds", "has_no_shell"),
    ]
    done = check(tmp_path, *(f"--rule={rule}" for rule in asked), "--fail-on=note", **variables)
    assert done.code == 1, done.said + done.errors
    (line,) = [line for line in done.said.splitlines() if line.startswith("not judged: ")]
    names = "2 rules (build.builds, image.has_no_shell) and BuildKit's own checks in 2 rules"
    assert line.startswith(f"not judged: {names}, base {base} can't be had: ")
    assert ": " in line.partition("can't be had: ")[2], "why is told by cause and remedy"
    assert "Dockerfile:5: warning: dockerfile.does_not_use_sudo: " in done.said
    assert "Dockerfile:6: warning: dockerfile.uses_nothing_deprecated: " in done.said
    assert "Dockerfile:7: note: dockerfile.working_directory_is_absolute: DL3000" in done.said
    assert called() == ""


def test_a_base_whose_name_can_be_none_is_told_as_such(check, tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM Nobody/NOT-A-NAME:1\n")
    done = check(tmp_path, "--rule=uses_nothing_deprecated", "--rule=builds")
    assert done.code == 2, done.said + done.errors
    assert "internal error" not in done.said + done.errors
    (line,) = [
        line for line in done.said.splitlines() if line.startswith("not judged: BuildKit's own checks in 1 rule, ")
    ]
    assert line.endswith("repository name (NOT-A-NAME) must be lowercase: fix that line")


def test_a_base_that_only_a_stage_beside_the_last_one_needs_is_looked_past(tmp_path):
    """By whoever judges by text alone; and what the others stand on is looked at as it is."""
    file = tmp_path / "Dockerfile"
    file.write_text(f"FROM nobody/no-such-base:1 AS Other\nMAINTAINER nobody\nFROM {BASE} AS last\n")
    found, missing = buildkit.check(Variant("app", "last", "app:last", tmp_path, file, "last"))
    assert missing == ("nobody/no-such-base:1",)
    assert {(each.line, each.rule) for each in found} == {(1, "StageNameCasing"), (2, "MaintainerDeprecated")}


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine on which no registry answers, with no base and no package that makes one."""
    asked = []
    monkeypatch.setattr(bases, "here", lambda _: None)
    monkeypatch.setattr(bases, "_pulled", lambda *_: False)
    monkeypatch.setattr(bases, "CONTEXT", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(packages, "_apt", lambda *words: asked.append(words))
    return asked


def test_what_makes_stand_ins_is_told_where_it_may_not_be_installed(bare):
    with pytest.raises(PlimsollError, match="stand-ins need mmdebstrap: install it, or get a network"):
        bases.ensure({next(iter(bases.stand_ins())): "a test"}, install=False)
    assert bare == []


def test_stand_ins_that_cannot_be_listed_are_told(monkeypatch, tmp_path):
    monkeypatch.setattr(bases, "BAKE", "nowhere.hcl")
    with pytest.raises(PlimsollError, match=r"^nowhere\.hcl can't be read, .*: have a buildx that reads it"):
        bases.stand_ins()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlimsollError, match="the `docker` command is missing: install it"):
        bases.stand_ins()
