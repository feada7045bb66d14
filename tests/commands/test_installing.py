"""Whoever installs the package has all of it, in any folder, and keeps a pytest of their own."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from plimsoll import DISTRIBUTION, __version__, caches
from plimsoll.facts.run import ownership
from plimsoll.rule import every_rule
from workshop import listed
from workshop.root import ROOT

pytestmark = pytest.mark.xdist_group("installing")

COMMANDS = ["plimsoll", "plimsoll-check"]
DOCKERFILE = """\
FROM busybox:1.37-musl
RUN apk add --no-cache curl
FROM busybox:1.37-musl
ADD Dockerfile /Dockerfile
USER 65532:65532
ENTRYPOINT ["/bin/true"]
"""
"""Its first stage is only read; whether its package may be without a version is said by our settings of hadolint."""

IMAGE = "plimsoll/go-gin:prod"


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder into which the package was installed from its wheel, as pip does it anywhere."""
    target = tmp_path_factory.mktemp("installed")
    pip = ["pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-compile"]
    subprocess.run([sys.executable, "-m", *pip, f"--target={target}", wheel], check=True)
    return target


@pytest.fixture(scope="module")
def dependencies(wheel, tmp_path_factory):
    """A folder with what the wheel says that it needs, and what that needs, and nothing else that is installed here."""
    folder, known = tmp_path_factory.mktemp("dependencies"), set()
    needed = re.findall(r"^Requires-Dist: (.+)$", metadata(wheel), re.MULTILINE)
    while needed:
        each = Requirement(needed.pop())
        if each.name in known or (each.marker and not each.marker.evaluate({"extra": ""})):
            continue
        known.add(each.name)
        found = importlib.metadata.distribution(each.name)
        needed += found.requires or []
        for file in found.files:
            inside = file.parts[0] != ".."
            link = folder / (file.parts[0] if inside else f"bin/{file.name}")
            link.parent.mkdir(exist_ok=True)
            if not link.exists():
                link.symlink_to(Path(found.locate_file(file.parts[0] if inside else file)).resolve())
    return folder


@pytest.fixture
def anywhere(installed, dependencies, tmp_path):
    """Runs a command of the installed package in an empty folder, where there is nothing but what it needs."""
    empty, cache = tmp_path / "empty", tmp_path / "cache"
    empty.mkdir()
    own = ("PYTHON", "PYTEST", "PLIMSOLL", "XDG", ownership.ENVIRONMENT, caches.ENVIRONMENT)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    path = f"{dependencies / 'bin'}:{os.environ['PATH']}"
    environment = {**kept, "PYTHONPATH": f"{installed}:{dependencies}", "PATH": path, "XDG_CACHE_HOME": str(cache)}

    def run(*words, command="plimsoll", **more):
        # Without the site: an editable package there would bring the clone.
        words = [sys.executable, "-S", "-B", installed / "bin" / command, *map(str, words)]
        done = subprocess.run(
            words, cwd=empty, env={**environment, **more}, capture_output=True, text=True, check=False
        )
        assert [*empty.iterdir()] == []
        return done

    run.cache, run.folder = cache, empty
    return run


def metadata(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return archive.read(name).decode()


def here(*words, cwd=ROOT):
    """The command as this clone has it."""
    return subprocess.run(
        [sys.executable, "-m", "plimsoll", *map(str, words)], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_the_judge_its_lessons_and_settings_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        links = [each.filename for each in archive.infolist() if (each.external_attr >> 28) == 0o12]
    ours = listed.files()
    lessons = {f"plimsoll/data/{name}" for name in ours if name.startswith("lessons/") and (ROOT / name).is_file()}
    library = {name for name in ours if name.startswith("plimsoll/") and (ROOT / name).is_file()}
    told = {name for name in names if ".dist-info/" not in name and "/__pycache__/" not in name}
    assert told == library | lessons
    assert links == []


def test_the_distribution_has_one_name_in_one_place(wheel):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["name"] == DISTRIBUTION
    assert sorted(project["scripts"]) == sorted(COMMANDS)
    assert f"\nName: {DISTRIBUTION}\nVersion: {__version__}\n" in metadata(wheel)
    naming = [file for file in (ROOT / "plimsoll").rglob("*.py") if DISTRIBUTION in file.read_text()]
    assert naming == [ROOT / "plimsoll/__init__.py"]


def test_what_it_runs_with_is_pinned_alike_for_everybody(wheel):
    """`requirements-run.lock` is what the wheel asks for, and of each the version and hashes of `requirements.lock`."""
    every, run = (pinned(name) for name in ("requirements.lock", "requirements-run.lock"))
    assert run.items() <= every.items()
    assert {Requirement(each).name for each in asked_for(wheel)} <= run.keys()


def pinned(name):
    """What a lock file says of each package."""
    return dict(re.findall(r"^([\w-]+)(==.+(?:\n    .+)*)", (ROOT / name).read_text(), re.MULTILINE))


def asked_for(wheel):
    return re.findall(r"^Requires-Dist: ([^;\n]+)$", metadata(wheel), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_all_rules_are_listed_anywhere(anywhere, command):
    done = anywhere("rules", command=command)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == [str(each) for each in every_rule().values()]


def test_a_lesson_is_told_anywhere(anywhere):
    done = anywhere("explain", "image.has_no_shell")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == here("explain", "image.has_no_shell").stdout
    _, _, told = (ROOT / "lessons/has_no_shell/README.md").read_text().partition("\n")
    assert told.strip() in done.stdout
    for which in ("bad", "good"):
        for line in (ROOT / f"lessons/has_no_shell/{which}.Dockerfile").read_text().splitlines():
            assert line in done.stdout


def test_a_folder_is_judged_as_it_is_here(anywhere, tmp_path):
    """By our settings of hadolint too, which are not where it runs; those of the folder come first."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    words = ["check", folder, "--depth=image", "--quiet", "--output=json"]
    # Places are told as they are found from where one stands.
    there, ours = anywhere(*words), here(*words, cwd=anywhere.folder)
    assert (there.returncode, there.stderr) == (1, "")
    assert json.loads(there.stdout) == json.loads(ours.stdout)
    assert "dockerfile.files_are_copied_not_added" in broken(there)
    assert "dockerfile.versions_of_packages_are_pinned" not in broken(there)
    (folder / ".hadolint.yaml").write_text("ignored: []\n")
    assert "dockerfile.versions_of_packages_are_pinned" in broken(anywhere(*words))


def test_a_linter_that_was_taken_away_is_told(anywhere, tmp_path):
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    others = [each for each in os.environ["PATH"].split(":") if not (Path(each) / "hadolint").exists()]
    done = anywhere("check", tmp_path, "--depth=image", "--rule=files_are_copied_not_added", PATH=":".join(others))
    assert done.returncode == 2, done.stdout + done.stderr
    remedy = f"hadolint is missing, which was installed with {DISTRIBUTION}: install {DISTRIBUTION} again"
    assert f"not judged: 1 rule (dockerfile.files_are_copied_not_added), {remedy}\n" in done.stdout


def broken(done):
    return {each["rule"] for each in json.loads(done.stdout)["results"] if each["findings"]}


def test_an_image_is_judged_as_it_is_here_and_what_is_kept_is_the_users(anywhere, installed):
    before = tree(installed)
    words = ["check", IMAGE, "--quiet", "--fail-on=note", "--output=json"]
    there, ours = anywhere(*words), here(*words)
    assert (there.returncode, there.stderr) == (0, ""), there.stdout
    assert json.loads(there.stdout) == json.loads(ours.stdout)
    assert tree(installed) == before
    assert [each.name for each in anywhere.cache.iterdir()] == [DISTRIBUTION]
    assert any(each.is_file() for each in (anywhere.cache / DISTRIBUTION).rglob("*"))


def tree(folder):
    return {each: (each.stat().st_size, each.stat().st_mtime_ns) for each in folder.rglob("*")}


CONFTEST = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--app", default="theirs")

@pytest.fixture(params=["blue", "green"])
def variant(request):
    return request.param
"""
TESTS = """
import importlib.util
import sys

def test_option_and_fixture_are_their_own(variant, request):
    assert variant in {"blue", "green"}
    assert request.config.getoption("--app") == "mine"

def test_the_package_is_installed_and_not_loaded(tmp_path_factory):
    assert importlib.util.find_spec("plimsoll").origin.startswith(INSTALLED)
    assert [name for name in sys.modules if name.partition(".")[0] == "plimsoll"] == []
"""


def test_a_strangers_suite_runs_as_it_did(installed, tmp_path):
    """With an option and a fixture that have names of ours, and where no engine answers."""
    suite = tmp_path / "suite"
    suite.mkdir()
    (suite / "conftest.py").write_text(CONFTEST)
    (suite / "test_theirs.py").write_text(f"INSTALLED = {str(installed)!r}\n{TESTS}")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--app=mine", "-p", "no:cacheprovider", "-c", os.devnull, suite],
        cwd=suite,
        env={**environment, "PYTHONPATH": str(installed), "DOCKER_HOST": f"unix://{tmp_path}/nowhere.sock"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert "3 passed" in done.stdout
