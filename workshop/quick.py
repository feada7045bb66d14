"""What judging by text alone takes, beside what hadolint takes of the same file: seconds of the processor."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from plimsoll.errors import PlimsollError
from plimsoll.facts.text import hadolint
from workshop.root import ROOT

FOLDER = ROOT / "go-gin"
ROUNDS = 5
NOWHERE = "unix:///nowhere/docker.sock"
"""An address at which no engine answers."""


class Quick(NamedTuple):
    """Seconds of the processor that a new process takes for one Dockerfile, the median of some.

    Attributes:
        ours: for all rules that ask for nothing but text, hadolint's part included.
        hadolints: for hadolint by itself.

    """

    ours: float
    hadolints: float

    def __str__(self) -> str:
        """The line that is printed."""
        return (
            f"text rules, no engine, a new process: {self.ours:.3f} s of the processor; "
            f"hadolint by itself: {self.hadolints:.3f} s; {self.ours / self.hadolints:.1f} times"
        )


def measured(folder: Path, rounds: int = ROUNDS) -> Quick:
    """What both take for the Dockerfile of a folder, in turn.

    Raises:
        PlimsollError: one of them can't judge it.

    """
    ours = [sys.executable, "-m", "plimsoll", "check", str(folder), "--depth=text", "--require=text"]
    theirs = [str(hadolint.TOOLS / "hadolint"), "--no-fail", str(folder / "Dockerfile")]
    pairs = [(_spent(ours), _spent(theirs)) for _ in range(rounds)]
    return Quick(*(statistics.median(each) for each in zip(*pairs, strict=True)))


def _spent(command: list[str]) -> float:
    """Seconds of the processor that a command takes, what it starts included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        command, env={**environment, "DOCKER_HOST": NOWHERE}, capture_output=True, text=True, check=False
    )
    if done.returncode not in {0, 1}:
        raise PlimsollError(f"{command[0]} does not judge it, {done.stderr.strip() or done.stdout.strip()}", "see why")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print it for a folder that is named, or for one of the apps here."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    try:
        print(f"{folder / 'Dockerfile'}: {measured(folder)}")
    except PlimsollError as error:
        print(f"plimsoll: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
