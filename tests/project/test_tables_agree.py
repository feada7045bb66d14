"""Every Dockerfile on disk has its place in the bake file, in plimsoll.toml and in the README: none is forgotten."""

import json
import re
import subprocess

import pytest

from plimsoll import composition
from workshop import apps, bases
from workshop.root import PREFIX, ROOT

APPS = sorted({variant.folder for variant in apps.variants()})
NAMES = [str(folder.relative_to(ROOT)) for folder in APPS]


def of(folder):
    return [variant for variant in apps.variants() if variant.folder == folder]


@pytest.mark.parametrize("folder", APPS, ids=NAMES)
def test_every_dockerfile_is_built(folder):
    on_disk = {*folder.glob("Dockerfile*"), *folder.glob("ladder/*.Dockerfile")}
    assert on_disk == {variant.file for variant in of(folder)}


def test_every_folder_with_a_dockerfile_is_an_app():
    apart = {"bases", "lessons", "tests", "workshop", "build"}
    found = {path.parent for path in ROOT.glob("*/Dockerfile")} | {p.parent for p in ROOT.glob("*/*/Dockerfile")}
    assert {folder for folder in found if folder.relative_to(ROOT).parts[0] not in apart} == set(APPS)


@pytest.mark.parametrize("folder", APPS, ids=NAMES)
def test_an_app_is_whole_in_itself(folder):
    wanted = ["Dockerfile", "Dockerfile.single", ".dockerignore", "plimsoll.toml", "README.md"]
    assert [name for name in wanted if not (folder / name).is_file()] == []


@pytest.mark.parametrize("folder", APPS, ids=NAMES)
def test_prod_is_the_last_stage(folder):
    (prod,) = [variant for variant in of(folder) if variant.name == "prod"]
    assert prod.dockerfile.last.name == "prod"


@pytest.mark.parametrize("folder", APPS, ids=NAMES)
def test_every_variant_has_a_budget(folder):
    assert [variant.name for variant in of(folder) if variant.expected.max_size is None] == []


@pytest.mark.parametrize("folder", APPS, ids=NAMES)
def test_what_serves_says_what_it_answers(folder):
    serving = [variant for variant in of(folder) if variant.expected.serves and variant.expected.port]
    assert [variant.name for variant in serving if not variant.endpoints] == []


@pytest.mark.parametrize("folder", APPS, ids=NAMES)
def test_the_readme_names_every_app(folder):
    assert f"]({folder.relative_to(ROOT)}/)" in (ROOT / "README.md").read_text()


RELEASED = {"VERSION": "1.4.0", "REVISION": "5f2c9a1", "CREATED": "2026-11-02T08:15:00Z"}
"""What a release says of itself, in its environment."""


@pytest.mark.parametrize("folder", APPS, ids=NAMES)
def test_labels_name_a_commit_in_a_release_only(folder, monkeypatch):
    """Or every commit would change every image; `docker build` alone, without bake, says the same of itself."""
    (prod,) = [variant for variant in of(folder) if variant.name == "prod"]
    for name in RELEASED:
        monkeypatch.delenv(name, raising=False)
    given = apps.bake_targets()[prod.bake]["args"]
    assert set(re.findall(r"(?m)^ARG (VERSION|REVISION|CREATED)=(.*)$", prod.dockerfile.text)) == set(given.items())
    for name, value in RELEASED.items():
        monkeypatch.setenv(name, value)
    assert apps.bake_targets()[prod.bake]["args"] == RELEASED


def test_production_runs_what_bake_builds_when_it_is_told_nothing():
    """Or compose would pull somebody else's image of that name."""
    services = composition.Composition(ROOT / "compose.prod.yaml", "compose.prod.yaml").services
    ours = [spec for spec in services.values() if spec["image"].startswith(PREFIX)]
    command = ["docker", "buildx", "bake", "--file=docker-bake.hcl", "--print"]
    plan = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert {spec["image"] for spec in ours} <= {tag for target in plan["target"].values() for tag in target["tags"]}
    assert {spec.get("pull_policy") for spec in ours} == {"never"}


def test_every_base_has_a_stand_in_and_its_row():
    table = (ROOT / "bases/README.md").read_text()
    wanted = bases.wanted(apps.variants())
    assert wanted.keys() <= bases.stand_ins().keys()
    assert {name.partition(":")[0] for name in bases.stand_ins()} == bases.repositories()
    assert [name for name in bases.stand_ins() if f"| `{name}` |" not in table] == []


def test_no_dockerfile_names_a_registry_or_a_syntax_image():
    """A name whose first part holds a dot or a port is a registry's host; a syntax line pulls an image."""
    for variant in apps.variants():
        assert not re.search(r"^# *syntax *=", variant.dockerfile.text, re.MULTILINE), variant.file
        for name in variant.dockerfile.bases:
            assert "/" not in name or not re.search(r"[.:]", name.split("/")[0]), f"{variant.file} names {name}"
            assert ":" in name, f"{variant.file} names {name} without a tag"
            assert not name.endswith(":latest"), f"{variant.file} names {name}"


@pytest.mark.parametrize("file", ["closure.py", "{app}/signals.py"])
def test_what_two_apps_share_is_the_same_in_both(file):
    """Folders are copied, and so each is whole in itself; a file that stands in two must not drift apart."""
    first, second = (ROOT / "python-flask" / name / file.format(app=name) for name in ("catweb", "widgets"))
    assert first.read_text() == second.read_text()
