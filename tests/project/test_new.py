"""`make new`: an app made from another has its place everywhere, and what can not be made is refused."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from plimsoll import engine
from plimsoll.containers import ownership
from plimsoll.project import app
from plimsoll.project.app import BUILD, ROOT

# One after the other: each runs a suite of its own, and all change the same clone.
pytestmark = pytest.mark.xdist_group("new")

APPS = list(dict.fromkeys(variant.app for variant in app.variants()))


@pytest.fixture(scope="module")
def clone():
    """A repository of its own, with what is in the work tree now.

    Always in the same place, and with what the suite keeps of inputs, images and layers that it knows: what was found
    out there by an earlier run holds as long as nothing has changed.
    """
    folder = BUILD / "clone"
    shutil.rmtree(folder, ignore_errors=True)
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in filter(None, listed.split("\0")):
        if (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)
    (folder / "build").mkdir()
    for kept in ("images", "layers", "proofs"):
        (BUILD / kept).mkdir(exist_ok=True)
        (folder / "build" / kept).symlink_to(BUILD / kept)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    yield folder
    shutil.rmtree(folder)


def environment(folder):
    """Of a run of its own: one that took this run's name would remove this run's containers at its end."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", ownership.ENVIRONMENT))}
    return {**own, "PYTHONPATH": str(folder)}


def plimsoll(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "plimsoll", *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.app(name)) for name in APPS])
def made(request, clone):
    """An app made from each of the others, always under the same name, so that the engine's cache knows it again."""
    name = f"made{request.param.replace('-', '')}"
    done = plimsoll(clone, "new", name, "--from", request.param)
    assert done.returncode == 0, done.stderr
    app.variants.cache_clear()
    yield name
    for image in images(name):
        engine.client().images.remove(image, force=True)
    left = engine.client().api.containers(all=True)
    assert [container["Names"] for container in left if container["Image"].startswith(prefix(name))] == []
    assert images(name) == []


def prefix(name):
    return f"{app.PREFIX}{name}:"


def images(name):
    # The engine's own list: the SDK's asks for each image anew, and fails when another run removes one meanwhile.
    tags = [tag for image in engine.client().api.images() for tag in image["RepoTags"] or []]
    return [tag for tag in tags if tag.startswith(prefix(name))]


def test_an_app_made_from_another_is_named_wherever_apps_are(clone, made):
    """In the bake file, in compose and in the README, with its own plimsoll.toml: the tables agree at once."""
    agree = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/project/test_tables_agree.py"]
    done = subprocess.run(agree, cwd=clone, env=environment(clone), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f'{made}"' in (clone / "docker-bake.hcl").read_text()


@pytest.mark.parametrize("file", ["compose.yaml", "compose.prod.yaml"])
def test_compose_runs_it_from_its_own_folder(clone, made, file):
    """What a service is built from and what is watched of it exist; a program that does not serve is no service."""
    command = ["docker", "compose", "--file", str(clone / file), "config", "--format=json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    service = json.loads(done.stdout)["services"].get(made)
    (of_made,) = {variant.expectations.serves for variant in app.variants(clone) if variant.app == made}
    assert (service is not None) == of_made
    if service:
        assert service["image"].startswith(prefix(made))
        watched = [watch["path"] for watch in service.get("develop", {}).get("watch", [])]
        for path in filter(None, [service.get("build", {}).get("context"), *watched]):
            assert Path(path).exists(), f"{path} is named, and is not there"


def test_its_suite_is_green_at_once(clone, made):
    """Every image is built, its unit tests among them, and keeps every rule that applies to it.

    The other rules about building are left out: they build again and again,
    and judge a Dockerfile that is the old app's, word for word.
    """
    done = plimsoll(clone, "test", "--app", made, "--", "-k", "test_builds or not test_building.py")
    assert done.returncode == 0, f"{done.stdout[-5000:]}{done.stderr[-3000:]}"
    variants = [variant for variant in app.variants(clone) if variant.app == made]
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
