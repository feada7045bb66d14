"""Running the suite: in one process where little has changed, else in several; and what it leaves is cleaned up."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from plimsoll import interruption
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import orphans
from workshop.root import BUILD, ROOT
from workshop.suite import results
from workshop.suite.unchanged import MANY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PYTEST = [sys.executable, "-m", "pytest", "-q", "-pplimsoll.interruption"]
JUNIT = BUILD / "junit.xml"
OF_AN_APP = ["tests/rules", "tests/apps", "tests/lessons/test_pairs.py"]
"""The tests that judge one app, or one lesson, alone."""
SIDE_BY_SIDE = [
    # One more than there are processors: tests wait for containers as often as they compute.
    f"--numprocesses={(os.cpu_count() or 1) + 1}",
    "--dist=loadgroup",
    # In the order of the collection, which begins with what takes long; xdist would begin with what is many.
    "--no-loadscope-reorder",
    "--override-ini=console_output_style=count",
]
OF_MAKE = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
"""By these a make knows that another one called it, and tells its folder; a test calls one as anybody does."""
FEW = 20
"""Tests that one process runs before others would have collected theirs."""
ENDING = 40.0
"""Seconds that an interrupted pytest has to clean up, of which its workers take ten."""


def run(apps: Sequence[str], arguments: Sequence[str]) -> int:
    """Run what has to be run of the suite: its exit code.

    Args:
        apps: those that it is about; everything where none is named.
        arguments: for pytest.

    Raises:
        PlimsollError: a test left a container behind.

    """
    paths = OF_AN_APP if apps else ["tests"]
    command = [*PYTEST, "-pworkshop.suite.unchanged", f"--junit-xml={JUNIT}"]
    command += [*(f"--app={name}" for name in apps), *arguments, *(str(ROOT / path) for path in paths)]
    try:
        code, words = _pytest([*command, f"--few={FEW}"], stdout=subprocess.PIPE) if results.earlier() else (MANY, "")
        if code == MANY:
            code, _ = _pytest([*command, *SIDE_BY_SIDE])
        else:
            print(words, end="")
    finally:
        left = _clean_up()
    if left:
        raise PlimsollError(f"containers were left behind: {', '.join(left)} (removed now)", "a test must stop its own")
    return code


def run_elsewhere(platform: str, apps: Sequence[str], arguments: Sequence[str]) -> int:
    """Prove production images for another platform, which are there: the exit code.

    Args:
        platform: which.
        apps: those that it is about; all that are built for it where none is named.
        arguments: for pytest.

    """
    command = [*PYTEST, f"--platform={platform}", *(f"--app={name}" for name in apps), *arguments]
    try:
        return _pytest([*command, str(ROOT / "tests/platforms")])[0]
    finally:
        _clean_up()


def judge(images: Mapping[str, str], platform: str = "") -> tuple[int, str]:
    """Judge production images, each in the place of its app's: the exit code, and what pytest says.

    Args:
        images: their names, by app.
        platform: for which they are, where that is not the engine's.

    """
    paths = ["tests/platforms"] if platform else ["tests/rules", "tests/apps"]
    command = [*PYTEST, "-pworkshop.suite.unchanged", *([f"--platform={platform}"] if platform else SIDE_BY_SIDE)]
    command += [f"--app={app}" for app in images]
    command += [f"--image={app}={image}" for app, image in images.items()]
    try:
        return _pytest([*command, *(str(ROOT / path) for path in paths)], stdout=subprocess.PIPE)
    finally:
        _clean_up()


def _clean_up() -> list[str]:
    with interruption.held():
        return orphans.clean_up()


def _pytest(command: list[str], **options: Any) -> tuple[int, str]:  # noqa: ANN401 - of subprocess.Popen
    """Run pytest in a process of its own, which may clean up when it is interrupted: its exit code, and its words."""
    own = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
    with subprocess.Popen(command, cwd=ROOT, env=own, text=True, **options) as process:
        try:
            words, _ = process.communicate()
        except KeyboardInterrupt:
            # It was told, as every child is.
            try:
                process.communicate(timeout=ENDING)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
        return process.returncode, words or ""
