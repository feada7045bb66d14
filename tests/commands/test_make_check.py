"""`make check` makes what this machine can't pull, and then is `plimsoll check`."""

import json
import os
import subprocess
import sys

import pytest

from plimsoll.errors import PlimsollError
from plimsoll.facts.run import helper
from workshop import bases, cli, engine_setup
from workshop.root import ROOT

BASE = "python:3.13-slim-trixie"


@pytest.fixture
def had(monkeypatch):
    """The images that were made sure of, and the command that then took over."""
    images, command = [], []

    def ensure(places):
        images.extend(places)
        if "nobody/has:this" in places:
            raise PlimsollError("no registry answers", "use another")

    monkeypatch.setattr(engine_setup, "ensure", lambda: None)
    monkeypatch.setattr(bases, "ensure", ensure)
    monkeypatch.setattr(os, "execv", lambda _, words: command.extend(words))

    def run(*arguments):
        options = cli._parser().parse_args(["check", *map(str, arguments)])
        cli.check(options)
        return images, command[1:]

    return run


@pytest.fixture
def folder(tmp_path):
    """A folder with a Dockerfile, by its lines."""

    def make(*lines):
        (tmp_path / "Dockerfile").write_text("".join(f"{line}\n" for line in lines))
        return tmp_path

    return make


def test_bases_and_helper_are_there_before_anything_is_judged(had, folder):
    made = folder(f"FROM {BASE} AS build", "FROM plimsoll/rust-cli:prod", "COPY --from=build /etc/hostname /")
    images, command = had(made, "--depth=image", "--output", "json")
    assert images == [helper.IMAGE, BASE], "those of this repository are built, not pulled"
    assert command == ["-m", "plimsoll", "check", str(made), "--depth=image", "--output", "json"]


def test_a_dockerfile_is_as_good_as_its_folder(had, folder):
    images, _ = had(folder(f"FROM {BASE}") / "Dockerfile")
    assert images == [helper.IMAGE, BASE]


def test_an_image_needs_the_helper_alone(had):
    assert had("busybox:1.37-musl")[0] == [helper.IMAGE]


def test_a_base_that_can_not_be_had_is_told_and_the_rest_is_judged(had, folder, capsys):
    made = folder("FROM nobody/has:this", f"FROM {BASE}")
    _, command = had(made)
    assert command == ["-m", "plimsoll", "check", str(made), "--require=run"]
    assert capsys.readouterr().err == "plimsoll: no registry answers: use another\n"


@pytest.mark.parametrize(("line", "code"), [("CMD serve", 1), ('CMD ["serve"]', 0)])
def test_arguments_and_exit_code_are_the_judges_own(folder, line, code):
    options = ["--depth=image", "--rule=commands_are_in_exec_form", "--output=json"]
    command = [sys.executable, "-m", "workshop", "check", str(folder("FROM scratch", line)), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == code, done.stderr
    (result,) = json.loads(done.stdout)["results"]
    assert (result["rule"], len(result["findings"])) == ("dockerfile.commands_are_in_exec_form", code)
