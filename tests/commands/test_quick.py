"""`make quick` prints what text alone takes beside hadolint."""

import re
import subprocess
import sys

import pytest

from plimsoll.errors import PlimsollError
from workshop import quick
from workshop.root import ROOT


def test_both_are_told_with_their_ratio(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM busybox\n")
    command = [sys.executable, "-m", "workshop.quick", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    line = rf"{tmp_path}/Dockerfile: text rules, no engine, a new process: (\S+) s of the processor; "
    ours, hadolints, ratio = map(
        float, re.fullmatch(rf"{line}hadolint by itself: (\S+) s; (\S+) times\n", done.stdout).groups()
    )
    assert ours > hadolints > 0
    assert ratio == pytest.approx(ours / hadolints, rel=0.2)


def test_what_is_not_judged_is_not_timed(tmp_path):
    (tmp_path / "Dockerfile").write_bytes(b"\0")
    with pytest.raises(PlimsollError, match="it is binary"):
        quick.measured(tmp_path, 1)
