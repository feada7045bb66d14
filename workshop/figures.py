"""What judging costs where no engine is: one Dockerfile, beside hadolint, many of a tree, and a large archive.

In seconds of the processor, so that what else a machine does matters little. `make figures` prints it.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from plimsoll import caches, engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.text import hadolint
from plimsoll.units import show_size
from workshop.root import ROOT

SOURCES = (ROOT / "lessons", ROOT / "tests/field/cases")
ONE = ROOT / "go-gin"
ROUNDS = 5
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
    return _run([sys.executable, "-m", "plimsoll", "check", "--quiet", *map(str, arguments)], folder)


def _run(command: list[str], folder: Path) -> Cost:
    # What Python compiles is kept, as it is wherever the judge is installed.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=folder, env={**environment, **NOWHERE, caches.ENVIRONMENT: cache}, stdout=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        last = (said.read().splitlines() or [""])[-1]
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, process.returncode, last)


def of_a_dockerfile(folder: Path, rounds: int = ROUNDS) -> tuple[float, float]:
    """What the Dockerfile of a folder costs, by all rules that read text and by hadolint alone: the medians of some.

    Raises:
        PlimsollError: one of them can't judge it.

    """
    theirs = [str(hadolint.TOOLS / "hadolint"), "--no-fail", "Dockerfile"]
    pairs = [(check("--depth=text", "--require=text", ".", folder=folder), _run(theirs, folder)) for _ in range(rounds)]
    if failed := [each for pair in pairs for each in pair if each.code not in {0, 1}]:
        raise PlimsollError(f"{folder / 'Dockerfile'} is not judged, exit code {failed[0].code}", "judge it by hand")
    ours, hadolints = (statistics.median(each.seconds for each in column) for column in zip(*pairs, strict=True))
    return ours, hadolints


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
    ours, hadolints = of_a_dockerfile(ONE)
    print(f"{ONE.name}/Dockerfile: {ours:.2f} s of CPU, {ours / hadolints:.1f} times hadolint's {hadolints:.2f} s")
    few, many, archive = of_a_tree(FEW), of_a_tree(MANY), of_an_archive()
    for what, cost in ((f"{FEW} Dockerfiles", few), (f"{MANY} Dockerfiles", many), (f"archive of {LARGE}", archive)):
        print(f"{what}: {cost.seconds:.1f} s of CPU, {show_size(cost.memory)} of memory; {cost.said}")


if __name__ == "__main__":
    main()
