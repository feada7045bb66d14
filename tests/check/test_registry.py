"""`plimsoll check` of what Docker has pushed to Debian's registry: by tag and by digest, with an engine and without."""

import json
import subprocess
from contextlib import suppress

import pytest
from docker.errors import ImageNotFound

from plimsoll import engine, lessons
from workshop import baked

pytestmark = pytest.mark.xdist_group("check")

NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere"}
OURS = "plimsoll/go-gin:prod"


@pytest.fixture(scope="module")
def pushed(debians_registry, tmp_path_factory):
    """What a lesson's bake file says, built and pushed there as it stands: its name by tag, and its name by digest."""
    lesson = lessons.Lesson("has_an_sbom", lessons.FOLDER / "has_an_sbom")
    baked.variants([f"{lessons.APP}{lesson.rule}"])
    name = f"{debians_registry}/team/hello:1.4.2"
    told = tmp_path_factory.mktemp("pushed") / "told.json"
    done = subprocess.run(
        [
            *("docker", "buildx", "bake", "--allow=fs=*", f"--file={lesson.file('good').name}"),
            *(f"--metadata-file={told}", f"--set=*.tags={name}"),
        ],
        cwd=lesson.folder,
        env=engine.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    digest = json.loads(told.read_text())["default"]["containerimage.digest"]
    _forget(name)
    return name, f"{debians_registry}/team/hello@{digest}"


def _forget(name):
    """Leave the image in the registry alone: an engine keeps what it pushes."""
    with suppress(ImageNotFound):
        engine.client().images.remove(name, force=True)


def test_what_docker_pushed_keeps_all_rules_without_an_engine(check, pushed, tmp_path):
    for name in pushed:
        done = check(
            name, "--platform=linux/amd64", "--output=json", PLIMSOLL_CACHE=str(tmp_path / "cache"), **NO_ENGINE
        )
        results = json.loads(done.said)["results"]
        published = {each["rule"] for each in results if each["rule"].startswith("published.")}
        assert len(published) >= 8
        assert [(each["rule"], each["findings"]) for each in results if each["findings"]] == []
        assert done.code == 0


def test_another_platform_that_was_pushed_is_read_too(check, pushed):
    done = check(pushed[1], "--platform=linux/arm64", "--output=json", **NO_ENGINE)
    assert {each["subject"] for each in json.loads(done.said)["results"]} == {pushed[1]}
    assert done.code == 0, done.said + done.errors


def test_a_tag_that_moved_is_told_by_its_digest(check, pushed):
    """A tag is read anew each time; the digest goes on to be what it was."""
    by_tag, by_digest = pushed
    lesson = lessons.FOLDER / "annotations_agree_with_labels"
    command = ["docker", "buildx", "bake", "--allow=fs=*", "--file=bad.docker-bake.hcl", f"--set=*.tags={by_tag}"]
    subprocess.run(command, cwd=lesson, env=engine.environment(), capture_output=True, check=True)
    _forget(by_tag)
    options = ["--platform=linux/amd64", "--rule=annotations_agree_with_labels", "--quiet"]
    assert [check(name, *options, **NO_ENGINE).code for name in (by_tag, by_digest)] == [1, 0]


def test_what_the_engine_has_too_is_started(check, debians_registry):
    name = f"{debians_registry}/team/go-gin:1"
    image = engine.client().images.get(OURS)
    assert image.tag(*name.rsplit(":", 1))
    try:
        subprocess.run(["docker", "push", "--quiet", name], env=engine.environment(), capture_output=True, check=True)
        (by_digest,) = [
            each for each in engine.client().images.get(name).attrs["RepoDigests"] if debians_registry in each
        ]
        options = [by_digest, "--rule=starts_without_the_network", "--rule=has_a_health_check", "--output=json"]
        here, elsewhere = check(*options), check(*options, **NO_ENGINE)
    finally:
        engine.client().images.remove(name, force=True)
    rows = [{each["rule"]: each for each in json.loads(done.said)["results"]} for done in (here, elsewhere)]
    assert all(row["image.has_a_health_check"]["passed"] for row in rows)
    started, not_started = (row["run.starts_without_the_network"] for row in rows)
    assert started["passed"], started
    assert "`docker pull` it" in not_started["not_judged"]
    assert here.left == []
