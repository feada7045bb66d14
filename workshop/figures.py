"""What judging costs where no engine is: many Dockerfiles of a tree, and a large archive, in seconds of CPU.

`make figures` prints it; issue 13 says what is wanted of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from plimsoll import caches, engine
from plimsoll.units import show_size
from workshop.root import ROOT

SOURCES = (ROOT / "lessons", ROOT / "tests/field/cases")
MANY = 200
FEW = 20
LARGE = "plimsoll/go-gin:multi-ubuntu"
"""An image of a hundred megabytes."""

NOWHERE = {"DOCKER_HOST": "unix:///nowhere"}


@dataclass(frozen=True)
class Cost:
    """What a run of the command cost, all programs that it called included.

    Attributes:
        seconds: of CPU, in its own code and in the kernel's.
        memory: bytes that the largest of its processes had at once.
        code: with which it ended.
        said: its last line.

    """

    seconds: float
    memory: int
    code: int
    said: str


def check(*arguments: str | Path, folder: Path) -> Cost:
    """Judge in a process of its own, with nothing known from earlier runs, and no engine."""
    command = [sys.executable, "-m", "plimsoll", "check", "--quiet", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **NOWHERE, caches.ENVIRONMENT: cache}, stdout=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        last = (said.read().splitlines() or [""])[-1]
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, process.returncode, last)


def tree(folder: Path, number: int) -> Path:
    """A tree of so many Dockerfiles: those of the lessons and the cases from the field, from the first on again."""
    given = sorted(file for source in SOURCES for file in source.rglob("*Dockerfile"))
    for index in range(number):
        origin = given[index % len(given)]
        copy = folder / f"{index // 50:02}" / f"{index:03}-{origin.parent.name}" / origin.name
        copy.parent.mkdir(parents=True)
        shutil.copyfile(origin, copy)
    return folder


def of_a_tree(number: int) -> Cost:
    """What so many Dockerfiles cost."""
    with tempfile.TemporaryDirectory() as folder:
        return check("--depth=text", "-r", ".", folder=tree(Path(folder), number))


def of_an_archive() -> Cost:
    """What the archive of a large image costs."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["docker", "save", f"--output={folder}/image.tar", LARGE], env=engine.environment(), check=True)
        return check("--depth=image", "image.tar", folder=Path(folder))


def main() -> None:
    """Measure and print."""
    few, many, archive = of_a_tree(FEW), of_a_tree(MANY), of_an_archive()
    for what, cost in ((f"{FEW} Dockerfiles", few), (f"{MANY} Dockerfiles", many), (f"archive of {LARGE}", archive)):
        print(f"{what}: {cost.seconds:.1f} s of CPU, {show_size(cost.memory)} of memory; {cost.said}")


if __name__ == "__main__":
    main()
