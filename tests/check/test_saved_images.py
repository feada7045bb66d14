"""`plimsoll check image.tar`: an image that somebody saved is judged without an engine."""

import gzip
import io
import json
import resource
import subprocess
import tarfile

import pytest

from plimsoll import engine

pytestmark = pytest.mark.xdist_group("check")

LARGE = "plimsoll/go-gin:multi-ubuntu"
"""An image of a hundred megabytes."""

NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere"}

WITHOUT_SDK = "import sys; sys.modules['docker'] = None; from plimsoll.cli import main; sys.exit(main())"


@pytest.fixture
def saved(tmp_path):
    """Write images to an archive, as `docker save` does; its path."""

    def save(*names):
        path = tmp_path / "image.tar"
        subprocess.run(["docker", "save", f"--output={path}", *names], env=engine.environment(), check=True)
        return path

    return save


def test_a_saved_image_is_judged_as_the_engines_own(check, saved):
    path = saved(LARGE)
    ours = check(LARGE, "--depth=image")
    done = check(path.name, "--depth=image", folder=path.parent, code=WITHOUT_SDK, **NO_ENGINE)
    assert (done.code, done.said.replace(path.name, LARGE)) == (ours.code, ours.said), done.errors
    assert LARGE not in done.said


def test_what_needs_a_container_is_told_in_one_line(check, saved):
    path = saved(LARGE)
    done = check(path, **NO_ENGINE)
    assert done.code == 1, done.said + done.errors
    (line,) = [line for line in done.said.splitlines() if line.startswith("not judged: ")]
    assert "an archive is not started: `docker load` it" in line
    assert check(path, "--require=run", **NO_ENGINE).code == 2


def test_several_images_of_an_archive_are_told_apart(check, saved):
    names = ["plimsoll/rust-cli:prod", LARGE]
    done = check(saved(*names), "--output=json", **NO_ENGINE)
    subjects = {each["subject"] for each in json.loads(done.said)["results"]}
    assert {subject.partition(" (")[2] for subject in subjects} == {f"{name})" for name in names}


def test_a_hundred_megabytes_cost_seconds(check, saved, tmp_path):
    """Two of them are wanted, and what a machine needs differs: `make figures` prints them."""
    path = saved(LARGE)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    check(path, **NO_ENGINE, PLIMSOLL_CACHE=str(tmp_path / "cache"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 6


@pytest.mark.parametrize("form", ["archive", "layout"])
def test_it_is_held_to_the_configuration_that_is_named(check, saved, tmp_path, form):
    path = saved("plimsoll/lesson-has_no_shell:bad")
    if form == "layout":
        with tarfile.open(path) as archive:
            archive.extractall(tmp_path / "layout", filter="data")
        path = tmp_path / "layout"
        (path / "plimsoll.toml").write_text('allow = ["shell"]\n')  # what is in an image's folder says nothing of it
    (tmp_path / "own.toml").write_text(
        '[variant.prod]\nmax_size = "1 MB"\nallow = ["git"]\n[waive]\nclock_is_utc = "for a good reason"\n'
    )
    options = ["--depth=image", "--quiet", "--output=json"]
    bare, held = (check(path, *options, *more, **NO_ENGINE) for more in ([], [f"--config={tmp_path / 'own.toml'}"]))
    broken = [{each["rule"] for each in json.loads(done.said)["results"] if each["findings"]} for done in (bare, held)]
    assert broken == [{"image.has_no_shell"}, {"image.has_no_shell", "image.fits_its_budget"}]
    assert bare.errors == ""
    assert [line.partition("own.toml ")[2].partition(",")[0] for line in held.errors.splitlines()] == [
        "[variant.prod] allows `git`",
        "[waive] waives clock_is_utc",
    ]
    (tmp_path / "own.toml").write_text('allow = ["shell"]\n')
    assert check(path, *options, "--config=own.toml", folder=tmp_path, **NO_ENGINE).code == 0
    missing = check(path, *options, "--config=gone.toml", folder=tmp_path, **NO_ENGINE)
    assert (missing.code, missing.errors.count("\n")) == (2, 1)
    assert "gone.toml is not there: " in missing.errors


def archive(**files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as made:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"no archive", "is damaged"),
        (archive(readme=b"hello"), "holds no image"),
        (archive(**{"../out": b"1"}), "leads out of it"),
        (archive(**{"/out": b"1"}), "leads out of it"),
        (archive(readme=b"hello" * 1000)[:3000], "is damaged"),
        (gzip.compress(archive(readme=b"hello" * 1000))[:60], "is damaged"),
    ],
    ids=["empty", "no archive", "no image", "climbs", "absolute", "cut off", "cut off and packed"],
)
def test_what_is_no_image_is_told_in_one_line(check, tmp_path, content, told):
    (tmp_path / "image.tar").write_bytes(content)
    done = check("image.tar", folder=tmp_path, **NO_ENGINE)
    assert (done.code, done.said) == (2, "")
    (line,) = done.errors.splitlines()
    assert told in line
    assert "image.tar" in line
