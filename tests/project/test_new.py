"""`make new`: an app made from another has its place everywhere, and what can not be made is refused.

A copy of an app is the app, under another name: what a name can break is tested of a copy of each, its place in the
tables, its build and its unit tests. Its images are judged by every rule for one of them only, the cheapest: of the
others the suite would say again what it says of those that they were made from.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from plimsoll import engine, folders
from plimsoll.facts.build import bake
from plimsoll.facts.run import ownership
from workshop import apps
from workshop.root import BUILD, PREFIX, ROOT

# One after the other: all change the same clone.
pytestmark = pytest.mark.xdist_group("new")

UNCONCERNED = ["bad_input", "clean", "floors", "git", "installing", "interruption", "lessons", "make_check", "new"]
"""Those of tests/project that no new app can change, and this file."""
SHARED = ["docker-bake.hcl", "compose.yaml", "compose.prod.yaml", "README.md", "CONTRIBUTING.md"]

JUDGED = "rust-cli"
"""The app whose copy is judged whole."""
# It is the first: pytest takes one fixture's apps by their turn, and would else make it twice.
APPS = sorted({variant.app for variant in apps.variants()}, key=lambda name: (name != JUDGED, name))


@pytest.fixture(scope="module")
def clone():
    """A repository of its own, with what is in the work tree now; it has this one's cache."""
    folder = BUILD / "clone"
    shutil.rmtree(folder, ignore_errors=True)
    for path in folders.tracked(ROOT):
        if (ROOT / path).exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path, follow_symlinks=False)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    yield folder
    shutil.rmtree(folder)


def environment(folder):
    """Of a run of its own: one that took this run's name would remove this run's containers at its end."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", ownership.ENVIRONMENT))}
    return {**own, "PYTHONPATH": str(folder)}


def workshop(folder, *arguments, **variables):
    return subprocess.run(
        [sys.executable, "-m", "workshop", *arguments],
        cwd=folder,
        env={**environment(folder), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.app(name)) for name in APPS])
def made(request, clone):
    """An app made from each of the others, always under the same name, so that the engine's cache knows it again."""
    name = named(request.param)
    done = workshop(clone, "new", name, "--from", request.param)
    assert done.returncode == 0, done.stderr
    apps.variants.cache_clear()
    yield name
    for image in images(name):
        engine.client().images.remove(image, force=True)
    left = engine.client().api.containers(all=True)
    assert [container["Names"] for container in left if container["Image"].startswith(prefix(name))] == []
    assert images(name) == []


def named(source):
    """What an app is called that is made from another."""
    return f"made{source.replace('-', '')}"


def prefix(name):
    return f"{PREFIX}{name}:"


def images(name):
    # The engine's own list: the SDK's asks for each image anew, and fails when another run removes one meanwhile.
    tags = [tag for image in engine.client().api.images() for tag in image["RepoTags"] or []]
    return [tag for tag in tags if tag.startswith(prefix(name))]


def test_what_the_project_promises_of_itself_holds_with_an_app_made_from_another(clone, made):
    """It is named in the bake file, in compose and in the READMEs, every table and link is right, and it is whole."""
    ignored = [f"--ignore={clone / 'tests/project' / f'test_{name}.py'}" for name in UNCONCERNED]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ignored, "tests/project"]
    done = subprocess.run(command, cwd=clone, env=environment(clone), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f'{made}"' in (clone / "docker-bake.hcl").read_text()


def test_what_was_there_is_still_there(clone, made):  # noqa: ARG001 - the app is what was added
    """Comments, rows and services of others are left as they were: files only grow."""
    command = ["git", "diff", "--numstat", "--", *SHARED]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=True)
    changed = {name: int(removed) for _, removed, name in map(str.split, done.stdout.splitlines())}
    assert changed == dict.fromkeys(changed, 0)
    assert {"docker-bake.hcl", "README.md"} <= changed.keys()


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


def test_it_builds_and_its_own_tests_and_linters_are_content(clone, made):
    """What is compiled, imported, tested and formatted bears its name: all of that happens in these two stages."""
    targets = [f"{made}-test", f"{made}-prod"]
    record = bake.bake("--set=*.output=type=cacheonly", *targets, files=["docker-bake.hcl"], folder=clone, quiet=True)
    assert record.code == 0, record.failure


@pytest.mark.parametrize("made", [pytest.param(JUDGED, marks=pytest.mark.app(JUDGED))], indirect=True)
def test_its_suite_is_green_at_once(clone, made):
    """Every image is built, and keeps every rule that applies to it.

    The other rules about building are left out: they build again and again,
    and judge a Dockerfile that is the old app's, word for word.
    """
    done = workshop(clone, "test", "--app", made, "--", "-k", "build.builds or not build.")
    assert done.returncode == 0, f"{done.stdout[-5000:]}{done.stderr[-3000:]}"
    variants = [variant for variant in apps.variants(clone) if variant.app == made]
    assert {"single", "dev", "test", "debug", "prod"} <= {variant.name for variant in variants}
    # One by one: the engine's list may leave out an image while another run removes its own.
    for variant in variants:
        assert engine.client().api.inspect_image(variant.image)["Id"]


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("go-gin", "is taken"),
        ("db", "is taken"),
        ("all", "is taken"),
        ("Upper", "is not a good name"),
        ("-dash", "is not a good name"),
        ("two--dashes", "is not a good name"),
        ("../escape", "is not a good name"),
        ("", "is not a good name"),
        ("x" * 41, "is not a good name"),
    ],
)
def test_bad_and_taken_names_are_refused(clone, name, cause):
    refused = workshop(clone, "new", name, "--from=go-gin") if name[:1] != "-" else workshop(clone, "new", "--", name)
    assert refused.returncode == 2
    assert cause in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_python_app_needs_a_name_that_is_a_package_too(clone):
    refused = workshop(clone, "new", "my-cats", "--from=catweb")
    assert refused.returncode == 2
    assert "use letters and digits only" in refused.stderr


def test_where_git_lists_no_files_nothing_is_made(clone, tmp_path):
    """Whatever git refuses, a folder that is no clone or somebody else's, is one line."""
    refused = workshop(clone, "new", "mine", "--from=go-gin", GIT_DIR=str(tmp_path))
    assert refused.returncode == 2
    assert refused.stderr.strip().splitlines() == [refused.stderr.strip()]
    assert f"plimsoll: {clone}/go-gin is no git clone: " in refused.stderr
    assert not (clone / "mine").exists()


def test_an_unknown_source_is_named_with_those_that_exist(clone):
    refused = workshop(clone, "new", "mine", "--from=go-gni")
    assert refused.returncode == 2
    assert "there is no app `go-gni`: begin from one of " in refused.stderr
