"""What whoever installs the package is given."""

import subprocess
import sys

import pytest

from workshop.root import ROOT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The package as it is published."""
    wheels = tmp_path_factory.mktemp("wheels")
    build = [sys.executable, "-m", "hatchling", "build", "--target=wheel", f"--directory={wheels}"]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    return wheel
