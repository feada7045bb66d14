"""Whoever installs the package keeps a pytest of their own: none of ours is loaded unless it is named."""

import os
import subprocess
import sys

import pytest

from plimsoll.project.app import ROOT

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


@pytest.fixture
def installed(tmp_path):
    """A folder into which the package was installed from its wheel, as pip does it anywhere."""
    python = [sys.executable, "-m"]
    wheels, target = tmp_path / "wheels", tmp_path / "installed"
    subprocess.run([*python, "hatchling", "build", "--target=wheel", f"--directory={wheels}"], cwd=ROOT, check=True)
    (wheel,) = wheels.glob("*.whl")
    pip = ["pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-compile"]
    subprocess.run([*python, *pip, f"--target={target}", wheel], check=True)
    return target


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
