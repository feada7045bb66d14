"""Machines that have little, each in a container: what whoever has just a Python is promised is tried there."""

from __future__ import annotations

import io
import tarfile
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plimsoll.facts.run import launch
from workshop import listed, machines
from workshop.machines import USER, Machine
from workshop.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workshop.machines import Done

FOLDER = ROOT / "tests/machines/bare"
IMAGE = "plimsoll/machine:bare-{}"
HOME = f"/home/{USER}"
WORK = "/work"

DOWNLOAD = "plimsoll.zip"
TOP = "plimsoll-main/"
"""The folder that a forge puts around a download's files."""

LINK = 0o120777 << 16
"""How a ZIP file says that an entry is a link."""


@dataclass(frozen=True)
class Case:
    """A machine, and what is tried there.

    Attributes:
        name: what it is, or what is odd about it.
        suite: the Debian.
        scripts: those of tests/machines/bare that are run there, one after the other.
        options: further ones of the container.
        environment: of the scripts.

    """

    name: str
    suite: str
    scripts: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


READ_ONLY: dict[str, Any] = {
    "read_only": True,
    "tmpfs": {"/tmp": "exec,mode=1777", WORK: "exec,mode=1777"},  # noqa: S108 - of the container
}
CASES = (
    Case("Debian 12", "bookworm", ("little.sh", "library.sh")),
    Case("Debian 13", "trixie", ("little.sh", "library.sh")),
    Case("Debian 14", "forky", ("little.sh", "library.sh")),
    Case("read-only home", "trixie", ("little.sh",), READ_ONLY, {"WORK": WORK}),
    Case("two at once", "trixie", ("two.sh",)),
)
"""Debian 12 has Python 3.11, 13 has 3.13, and 14, which is testing, 3.14."""


def prove() -> tuple[str, bool]:
    """Try every case; a summary for people, and whether all of it is green.

    Raises:
        PlimsollError: a machine can't be made.

    """
    done = [each for case in CASES for each in tried(case)]
    said = "without an engine, gcc, git and make, from a ZIP file, in a folder with a space, with umask 077:"
    return machines.summary(said, done), all(each.code == 0 for each in done)


def tried(case: Case) -> Iterator[Done]:
    """What became of a case's scripts, up to the first that fails.

    Raises:
        PlimsollError: the machine can't be made, or the files were not handed over.

    """
    image = IMAGE.format(case.suite)
    machines.make(image, FOLDER, f"--build-arg=SUITE={case.suite}")
    options: dict[str, Any] = {"mem_limit": 0, "pids_limit": -1, "network_mode": "bridge", **case.options}
    with launch.launched(image, command=["sleep", "infinity"], init=True, **options) as container:
        machine = Machine(container, environment={"HOME": HOME, **case.environment})
        machine.unpack(_handed_over(), case.environment.get("WORK", HOME))
        for script in case.scripts:
            done = machine.do(f"{case.name}: {script}", ("sh", script), folder=case.environment.get("WORK", HOME))
            yield done
            if done.code != 0:
                return


def _handed_over() -> bytes:
    """The scripts and the download, as an archive."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for script in FOLDER.glob("*.sh"):
            archive.add(script, script.name)
        content = _download()
        entry = tarfile.TarInfo(DOWNLOAD)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def _download() -> bytes:
    """The work tree as a forge gives it to whoever downloads it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in listed.files():
            file = ROOT / name
            if file.is_symlink():
                entry = zipfile.ZipInfo(f"{TOP}{name}")
                entry.create_system, entry.external_attr = 3, LINK
                archive.writestr(entry, str(file.readlink()))
            else:
                archive.write(file, f"{TOP}{name}")
    return stream.getvalue()
