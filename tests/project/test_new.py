"""`make new`: an app made from another has its place everywhere, and what can not be made is refused."""

import os
import shutil
import subprocess
import sys

import pytest

from plimsoll import app, container
from plimsoll.app import ROOT

APPS = list(dict.fromkeys(variant.app for variant in app.variants()))


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A repository of its own, with what is in the work tree now."""
    folder = tmp_path_factory.mktemp("clone")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in filter(None, listed.split("\0")):
        if (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    return folder


def plimsoll(folder, *arguments):
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", container.ENVIRONMENT))
    }
    return subprocess.run(
        [sys.executable, "-m", "plimsoll", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("source", [pytest.param(name, marks=pytest.mark.app(name)) for name in APPS])
def test_an_app_made_from_another_is_named_wherever_apps_are(clone, source):
    """In the bake file, in compose and in the README, with its own plimsoll.toml: the tables agree at once."""
    name = f"made{source.replace('-', '')}"
    made = plimsoll(clone, "new", name, "--from", source)
    assert made.returncode == 0, made.stderr
    agree = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/project/test_tables_agree.py"]
    environment = {**os.environ, "PYTHONPATH": str(clone)}
    done = subprocess.run(agree, cwd=clone, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f'{name}"' in (clone / "docker-bake.hcl").read_text()
    config = ["docker", "compose", "--file", str(clone / "compose.yaml"), "config", "--quiet"]
    assert subprocess.run(config, check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("go-gin", "is taken"),
        ("db", "is taken"),
        ("all", "is taken"),
        ("Upper", "is no good name"),
        ("-dash", "is no good name"),
        ("two--dashes", "is no good name"),
        ("../escape", "is no good name"),
        ("", "is no good name"),
        ("x" * 41, "is no good name"),
    ],
)
def test_bad_and_taken_names_are_refused(clone, name, cause):
    refused = plimsoll(clone, "new", name, "--from=go-gin") if name[:1] != "-" else plimsoll(clone, "new", "--", name)
    assert refused.returncode == 2
    assert cause in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_python_app_needs_a_name_that_is_a_package_too(clone):
    refused = plimsoll(clone, "new", "my-cats", "--from=catweb")
    assert refused.returncode == 2
    assert "use letters and digits only" in refused.stderr


def test_an_unknown_source_is_named_with_those_that_exist(clone):
    refused = plimsoll(clone, "new", "mine", "--from=go-gni")
    assert refused.returncode == 2
    assert "there is no app `go-gni`: begin from one of " in refused.stderr
