"""The rules of one variant stay in one worker: this is what keeps an image from being read or started twice."""

import re
import subprocess
import sys

GROUPED = """
import pytest

@pytest.mark.parametrize("number", range(8))
@pytest.mark.xdist_group("one")
def test_grouped(number):
    pass
"""


def test_a_group_stays_in_one_worker(tmp_path):
    """Pytest 9.2 changed what pytest-xdist 3.8 relies on, and the groups fell apart without a word."""
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-v",
            "-n2",
            "--dist=loadgroup",
            "-p",
            "no:cacheprovider",
            "-c",
            "/dev/null",
            tmp_path,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    workers = re.findall(r"^\[(gw\d)\].* PASSED", done.stdout, re.MULTILINE)
    assert len(workers) == 8, done.stdout
    assert len(set(workers)) == 1, (
        "the group ran in several workers: pin pytest and pytest-xdist to versions that agree"
    )
