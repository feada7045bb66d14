"""`make new`: an app made from another has its place in every file and page, and is whole."""

import difflib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workshop import apps
from workshop.root import ROOT
from workshop.suite.made import GROUP, environment, prefix

pytestmark = pytest.mark.xdist_group(GROUP)

UNCONCERNED = ["example", "floors", "how_it_judges", "lessons", "made_apps", "peers", "security"]
"""Those of tests/project that no new app can change, and this file."""
SHARED = [
    ".github/workflows/ci.yaml",
    "docker-bake.hcl",
    "compose.yaml",
    "compose.prod.yaml",
    "README.md",
    "CONTRIBUTING.md",
]


def test_what_the_project_promises_of_itself_holds_with_an_app_made_from_another(clone, made):
    """It is named in the bake file, in compose and in the READMEs, every table and link is right, and it is whole."""
    ignored = [f"--ignore={clone / 'tests/project' / f'test_{name}.py'}" for name in UNCONCERNED]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ignored, "tests/project"]
    done = subprocess.run(command, cwd=clone, env=environment(clone), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f'{made}"' in (clone / "docker-bake.hcl").read_text()


def test_what_was_there_is_still_there(clone, made):  # noqa: ARG001 - the app is what was added
    """Comments, rows and services of others are left as they were: files only grow."""
    marks = {}
    for name in SHARED:
        before, after = ((folder / name).read_text().splitlines() for folder in (ROOT, clone))
        marks[name] = {line[0] for line in difflib.ndiff(before, after)} - {" "}
    assert set().union(*marks.values()) == {"+"}
    assert marks["docker-bake.hcl"]
    assert marks["README.md"]


def test_nothing_of_it_speaks_of_a_ladder_that_it_has_not(clone, made):
    (folder,) = {variant.folder for variant in apps.variants(clone) if variant.app == made}
    files = [path for path in folder.rglob("*") if path.is_file()]
    said = [path.name for path in files if re.search(rb"(?i)\b(ladder|rung)s?\b", path.read_bytes())]
    assert files
    assert said == []


@pytest.mark.parametrize("file", ["compose.yaml", "compose.prod.yaml"])
def test_compose_runs_it_from_its_own_folder(clone, made, file):
    """What a service is built from and what is watched of it exist; a program that does not serve is no service."""
    command = ["docker", "compose", "--file", str(clone / file), "config", "--format=json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    service = json.loads(done.stdout)["services"].get(made)
    (of_made,) = {variant.expectations.serves for variant in apps.variants(clone) if variant.app == made}
    assert (service is not None) == of_made
    if service:
        assert service["image"].startswith(prefix(made))
        watches = service.get("develop", {}).get("watch", [])
        for path in filter(None, [service.get("build", {}).get("context"), *(watch["path"] for watch in watches)]):
            assert Path(path).exists(), f"{path} is named, and is not there"
        assert [watch for watch in watches if "ladder/" in watch.get("ignore", [])] == []
