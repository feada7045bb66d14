"""Three repositories that many copy from, retold: their text is judged whole, and each error is one to be mended.

What is found of level error stands in errors.toml, with why the maintainers would mend it.
"""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from plimsoll.commands import discovery

FOLDER = Path(__file__).parent / "repositories"
ERRORS = tomllib.loads((FOLDER / "errors.toml").read_text())
NAMES = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
BOUND = 300
"""Seconds after which a judgement is given up."""


def of(folder):
    """The Dockerfiles and the compose files of a repository: all that it has, by their ends."""
    files = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [file for file in files if file.name == "Dockerfile"], [file for file in files if file.suffix[:2] == ".y"]


@pytest.fixture(params=NAMES)
def judged(request, tmp_path):
    """A repository's copy, which is in no clone, what is said of it in JSON, and the exit code."""
    copy = tmp_path / request.param
    shutil.copytree(FOLDER / request.param, copy)
    every = discovery.in_tree(copy)
    found = {each.file for each in every.compositions}
    # Of another name, as of those for a swarm: they are named.
    others = [str(file) for file in of(copy)[1] if copy / file not in found]
    command = [sys.executable, "-m", "plimsoll", "check", "--depth=text", "--recursive", ".", *others]
    options = ["--quiet", "--output=json"]
    done = subprocess.run([*command, *options], cwd=copy, capture_output=True, text=True, timeout=BOUND, check=False)
    assert "Traceback" not in done.stderr
    assert done.stderr == ""
    return copy, json.loads(done.stdout)["results"], done.returncode


def test_all_is_judged_by_its_text_and_each_error_is_one_to_be_mended(judged):
    copy, results, code = judged
    dockerfiles, compositions = of(copy)
    subjects = {each["subject"] for each in results}
    folders = {subject.rpartition(":")[0] for subject in subjects if ":" in subject}
    assert folders == {str(file.parent) if file.parent.name else copy.name for file in dockerfiles}
    assert {subject for subject in subjects if ":" not in subject} == set(map(str, compositions))
    assert [each for each in results if each["not_judged"]] == []

    found = [each for each in results if each["level"] == "error" and each["findings"]]
    places = {
        (each["rule"].rpartition(".")[2], finding["place"].partition(":")[0])
        for each in found
        for finding in each["findings"]
    }
    mended = [(each["rule"], file) for each in ERRORS[copy.name] for file in each["files"]]
    assert places == set(mended)
    assert len(mended) == len(set(mended))
    assert code == (1 if any(each["findings"] for each in results if each["level"] != "note") else 0)


def test_each_error_has_its_reason():
    assert set(ERRORS) == set(NAMES)
    assert [each["rule"] for several in ERRORS.values() for each in several if len(each["why"]) < 40] == []
