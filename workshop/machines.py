"""Another machine than this one: a user who is not root, with an engine of this user's own, in a container of its own.

The engine there is rootless: no address of a container leads anywhere from outside, its store is another user's, and
what it publishes is on loopback. What was built here is handed over, so that this is about running there, not about
building twice; `make up` builds there all the same.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import tarfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import helper, launch
from plimsoll.say import say, saying
from workshop import apps, bases, build, listed, system
from workshop.root import BUILD, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from docker.models.containers import Container

    from plimsoll.subject import Variant

FOLDER = ROOT / "tests/machines/rootless"
IMAGE = "plimsoll/machine:rootless"
USER = "developer"
CLONE = f"/home/{USER}/plimsoll"
ENVIRONMENT = {"DOCKER_HOST": "unix:///run/user/1000/docker.sock", "XDG_RUNTIME_DIR": "/run/user/1000"}
LOGS = BUILD / "machines"

START_TIMEOUT = 60.0
"""Seconds that the engine there may take until it answers."""

STEP_TIMEOUT = 1800.0
"""Seconds that one step may take."""

TESTED = ("go-gin", "widgets")
"""The apps that are tested whole there; of the others the tests of the library read prod."""

PAGE = "import urllib.request as u; print(u.urlopen('http://localhost:8080/', timeout=10).status)"

STEPS = {
    "make up": ("make", "up"),
    "the page at the published port": ("python3", "-c", PAGE),
    "make down": ("make", "down"),
    **{f"make test APP={name}": ("make", "test", f"APP={name}", "ARGS=-rsf") for name in TESTED},
    "the library's tests": (
        *(".venv/bin/python", "-m", "pytest", "-q", "-rsf", "-p", "no:cacheprovider"),
        *("--numprocesses=3", "--dist=loadgroup", "tests/library"),
    ),
}

SKIPPED = re.compile(r"^SKIPPED \[(\d+)\] (\S+?)(?::\d+)?: (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Done:
    """What became of a step.

    Attributes:
        name: the step's.
        code: its exit code.
        seconds: that it took.
        said: all that it printed.

    """

    name: str
    code: int
    seconds: float
    said: str

    def __str__(self) -> str:
        """A row of the summary."""
        last = (self.said.strip().splitlines() or ["(it said nothing)"])[-1]
        return f"{'green' if self.code == 0 else 'RED':6}{self.seconds:5.0f} s  {self.name:32}{last}"


def prove() -> tuple[str, bool]:
    """Do every step as that user; a summary for people, and whether all of it is green.

    Raises:
        PlimsollError: the machine can't be made, or its engine does not start.

    """
    variants = [each for each in apps.variants() if each.app in TESTED or each.name == "prod"]
    names = _needed(variants)
    build.build(variants)
    make(IMAGE, FOLDER)
    with started(IMAGE) as machine:
        said = Machine(machine).wait()
        with saying(f"handing {len(names)} images over"):
            Machine(machine).take(names, variants)
        done = [Machine(machine).do(name, words) for name, words in STEPS.items()]
    return summary(f"rootless, as {USER}: {said}", done), all(each.code == 0 for each in done)


def summary(machine: str, done: Iterable[Done]) -> str:
    """What was done there, and what was not judged, each with its reason."""
    done = list(done)
    skipped: dict[str, int] = {}
    for count, _, reason in (row for each in done for row in SKIPPED.findall(each.said)):
        skipped[reason] = skipped.get(reason, 0) + int(count)
    rows = [f"  {reason} ({count} {'test' if count == 1 else 'tests'})" for reason, count in sorted(skipped.items())]
    lines = [machine, *map(str, done)]
    lines += ["not judged there:", *rows] if rows else ["all was judged there"]
    return "\n".join(lines) + "\n"


class Machine:
    """The machine, as its user.

    Args:
        container: in which it is.
        user: whose commands run there.
        environment: of these commands.

    """

    def __init__(self, container: Container, *, user: str = USER, environment: dict[str, str] | None = None) -> None:
        self._container = container
        self._user = user
        self._environment = ENVIRONMENT if environment is None else environment

    def command(self, *words: str, folder: str = "/") -> list[str]:
        """The command that runs another one there."""
        variables = [f"--env={name}={value}" for name, value in self._environment.items()]
        options = ["--interactive", f"--user={self._user}", f"--workdir={folder}", *variables]
        return ["docker", "exec", *options, str(self._container.id), *words]

    def wait(self) -> str:
        """What the engine there says of itself, once it answers.

        Raises:
            PlimsollError: it does not; its last words are told.

        """
        asked = "{{.ServerVersion}}, {{.SecurityOptions}}, cgroup v{{.CgroupVersion}} by {{.CgroupDriver}}"
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            done = subprocess.run(
                self.command("docker", "info", "--format", asked), capture_output=True, text=True, check=False
            )
            if done.returncode == 0:
                return f"Docker Engine {done.stdout.strip()}"
            if time.monotonic() > deadline:
                words = self._container.logs(tail=5).decode(errors="replace").strip()
                raise PlimsollError("the engine there does not start", f"its last lines are\n{words}")
            time.sleep(0.5)

    def take(self, images: list[str], variants: list[Variant]) -> None:
        """Hand over images and the work tree, with the record of what they were built from.

        Raises:
            PlimsollError: something did not arrive.

        """
        with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saving:
            loaded = subprocess.run(
                self.command("docker", "load"), stdin=saving.stdout, capture_output=True, check=False
            )
        if saving.returncode or loaded.returncode:
            raise PlimsollError("the images were not handed over", "see that the disk has room for them twice")
        self.take_files(variants)

    def take_files(self, variants: Iterable[Variant] = ()) -> None:
        """Hand over the work tree, with the record of what variants were built from."""
        self.unpack(_work_tree(variants), CLONE)

    def unpack(self, archive: bytes, folder: str) -> None:
        """Unpack an archive there, in a folder that is made where it is missing."""
        subprocess.run(
            self.command("sh", "-c", f"mkdir -p {folder} && tar -xf - -C {folder}"), input=archive, check=True
        )

    def do(self, name: str, words: tuple[str, ...], folder: str = CLONE) -> Done:
        """One step; what it says can be read meanwhile in a file of build/machines."""
        begun = time.monotonic()
        LOGS.mkdir(parents=True, exist_ok=True)
        log = LOGS / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.log"
        with saying(name), log.open("wb") as said:
            done = subprocess.run(
                self.command(*words, folder=folder),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=STEP_TIMEOUT,
                check=False,
            )
        return Done(name, done.returncode, time.monotonic() - begun, log.read_text(errors="replace"))


def _needed(variants: list[Variant]) -> list[str]:
    """The images that are handed over: the bases of all that is built or started there, and what was built here."""
    developed = [each for each in apps.variants() if each.name == "dev" or each.app in TESTED]
    wanted = {**bases.wanted(developed), **system.bases(), helper.IMAGE: "the judge", "busybox:1.37-musl": "its tests"}
    return [*(base.name for base in bases.ensure(wanted)), *(each.image for each in variants)]


def make(image: str, folder: Path, *arguments: str) -> None:
    """Build a machine.

    Args:
        image: its name.
        folder: where its Dockerfile is.
        arguments: further ones of `docker buildx build`.

    Raises:
        PlimsollError: it does not build.

    """
    with saying(f"building {image}"):
        done = subprocess.run(
            ["docker", "buildx", "build", "--quiet", "--load", f"--tag={image}", *arguments, str(folder)],
            env=engine.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise PlimsollError(f"the machine does not build: {done.stderr.strip()[-300:]}", f"fix {folder}/Dockerfile")


@contextmanager
def started(image: str, **more: Any) -> Iterator[Container]:  # noqa: ANN401 - of the Docker SDK
    """A machine for the length of a block. Its user's home is a volume: no engine keeps its layers on layers."""
    options: dict[str, Any] = {
        "privileged": True,
        "init": True,
        "volumes": [f"/home/{USER}"],
        "mem_limit": 0,
        "pids_limit": -1,
        **more,
    }
    with launch.launched(image, **options) as container:
        say(f"`docker exec --interactive --tty --user={USER} {container.short_id} bash` looks into the machine")
        yield container


def _work_tree(variants: Iterable[Variant]) -> bytes:
    """The files of the work tree as an archive, with what is recorded of the images that are handed over."""
    rows = [asdict(row) for each in variants if (row := build.recorded().get(each.image))]
    content = json.dumps(rows).encode()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in listed.files():
            archive.add(ROOT / name, name, recursive=False)
        record = tarfile.TarInfo(str(build.RECORD.relative_to(ROOT)))
        record.size = len(content)
        archive.addfile(record, io.BytesIO(content))
    return stream.getvalue()
