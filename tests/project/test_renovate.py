"""What a bot keeps current is everything that pins something: each manifest, lock and base has its manager."""

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from plimsoll.parsing.dockerfile import Dockerfile
from workshop import apps, bases, listed
from workshop.root import ROOT

CONFIG = json.loads((ROOT / ".github/renovate.json").read_text())
CUSTOM = CONFIG["customManagers"][0]
MANAGERS = {name: CONFIG[name]["managerFilePatterns"] for name in CONFIG["enabledManagers"] if name in CONFIG} | {
    "custom.regex": CUSTOM["managerFilePatterns"]
}

PINS = {
    "cargo": "Cargo.toml",
    "gomod": "go.mod",
    "npm": "package.json",
    "pep621": "pyproject.toml",
    "pip_requirements": "requirements*.lock",
    "dockerfile": "*Dockerfile*",
    "docker-compose": "*compose*.y*ml",
    "github-actions": ".github/workflows/*.yaml",
}
"""What pins something, by its manager: the file's name, or its whole path."""

LOCKS = {"cargo": "Cargo.lock", "gomod": "go.sum", "npm": "package-lock.json"}
"""What is renewed together with the manifest beside it."""

LEFT = {
    "lessons/context_keeps_build_output_out/package.json": "it asks for nothing",
    "lessons/dependencies_come_before_sources/package.json": "what it asks for is a part of the lesson",
}
"""What no manager renews, with the reason."""

FILES = [name for name in listed.files() if not any(fnmatch(name, each) for each in CONFIG["ignorePaths"])]


def of(manager):
    """The files of a manager: a pattern between slashes is a regular expression."""
    patterns = [re.compile(pattern[1:-1]) for pattern in MANAGERS[manager]]
    return {name for name in FILES if any(pattern.search(name) for pattern in patterns)}


def pinning(pattern):
    """The files of a name, without ignore files and modules of Python."""
    found = {name for name in FILES if fnmatch(name if "/" in pattern else Path(name).name, pattern)}
    return {name for name in found if not name.endswith((".dockerignore", ".py"))}


def test_every_manager_has_its_files():
    assert MANAGERS.keys() == set(CONFIG["enabledManagers"])
    assert [name for name in MANAGERS if not of(name)] == []
    assert all(pattern[0] == pattern[-1] == "/" for each in MANAGERS.values() for pattern in each)


@pytest.mark.parametrize("manager", PINS)
def test_everything_that_pins_has_its_manager(manager):
    left = pinning(PINS[manager]) - of(manager)
    assert left == {name for name in LEFT if fnmatch(Path(name).name, PINS[manager])}
    assert of(manager) - pinning(PINS[manager]) <= {"action.yml"}


@pytest.mark.parametrize("manager", LOCKS)
def test_every_lock_stands_beside_a_manifest_that_is_renewed(manager):
    folders = {Path(name).parent for name in of(manager)}
    locked = {Path(name).parent for name in pinning(LOCKS[manager])}
    assert locked - folders <= {Path(name).parent for name in LEFT}
    assert locked & folders


def test_a_base_that_is_renamed_is_renamed_for_its_stand_in():
    (file,) = of("custom.regex")
    (pattern,) = CUSTOM["matchStrings"]
    found = re.findall(pattern.replace("(?<", "(?P<"), (ROOT / file).read_text())
    assert {f"{name}:{tag}" for name, tag in found} == set(bases.stand_ins())


def test_every_base_of_an_app_is_named_where_the_bot_looks():
    files = of("dockerfile")
    wanted = bases.wanted(apps.variants())
    assert wanted
    assert {place.rpartition(":")[0] for place in wanted.values()} <= files
    assert all(Dockerfile.read(ROOT / name).stages for name in files)
