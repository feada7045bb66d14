"""Programs of another processor: whether containers run them here, and Debian's emulation where they do not."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.say import tell
from workshop import packages

KERNEL = Path("/proc/sys/fs/binfmt_misc")
"""Where the kernel tells, and is told, which interpreter runs what."""
CONFIGURATIONS = Path("/usr/lib/binfmt.d")
"""Where packages say the same, for systemd to tell the kernel when the machine starts."""

PACKAGE = "qemu-user-static"
MACHINES = {"arm64": (0xB7, "qemu-aarch64"), "amd64": (0x3E, "qemu-x86_64")}
"""The ELF machine of an architecture, and what Debian calls its emulator."""
MACHINE_AT = 18
"""The offset of the ELF machine in a program, and so in the magic by which the kernel knows it."""

FIX_BINARY = "F"
"""The flag that has the kernel open the interpreter once, when it is told; else each container would need its own."""


@dataclass(frozen=True)
class Entry:
    """An interpreter that the kernel knows.

    Attributes:
        file: by which the kernel tells of it.
        enabled: whether it is used.
        flags: how it is used.

    """

    file: Path
    enabled: bool
    flags: str

    @property
    def is_for_containers(self) -> bool:
        """Whether a container's programs are run by it, too."""
        return self.enabled and FIX_BINARY in self.flags


def missing(architecture: str) -> PlimsollError | None:
    """Why containers run no programs of an architecture here, and what to do about it; None where they run them."""
    # The builder asks the kernel now and then only; in a machine of its own, such as Docker Desktop's, it alone knows.
    told = engine.where().is_here and any(entry.is_for_containers for entry in entries(architecture))
    if told or f"linux/{architecture}" in _platforms():
        return None
    return PlimsollError(
        f"linux/{architecture} is not emulated here: {_cause(architecture)}",
        f"`make test PLATFORM=linux/{architecture}` as root on Debian installs {PACKAGE} and registers it with "
        f"flag {FIX_BINARY}; elsewhere do so by hand",
    )


def _platforms() -> list[str]:
    """What the builder can build for, as it has found by starting a program of each, without any file beside."""
    done = subprocess.run(
        ["docker", "buildx", "inspect"], env=engine.environment(), capture_output=True, text=True, check=False
    )
    told = [line.partition(":")[2] for line in done.stdout.splitlines() if line.startswith("Platforms:")]
    return [name.strip().rstrip("*") for line in told for name in line.split(",")]


def _cause(architecture: str) -> str:
    if not engine.where().is_here:
        return "the engine is another machine's, and has no emulator"
    found = entries(architecture)
    for entry in found:
        if entry.enabled:
            return f"{entry.file} lacks flag {FIX_BINARY}, without which no container finds the emulator"
    return f"{found[0].file} is disabled" if found else f"{KERNEL} names no emulator of it"


def entries(architecture: str) -> list[Entry]:
    """The interpreters that the kernel has for programs of an architecture."""
    machine, _ = MACHINES[architecture]
    found = []
    for file in sorted(KERNEL.glob("*")):
        if file.name in {"register", "status"}:
            continue
        lines = file.read_text().splitlines()
        told = dict(line.split(" ", 1) for line in lines if " " in line)
        magic = bytes.fromhex(told.get("magic", ""))
        if magic[MACHINE_AT : MACHINE_AT + 2] == machine.to_bytes(2, "little"):
            found.append(Entry(file, "enabled" in lines, told.get("flags:", "")))
    return found


def ensure(architecture: str) -> None:
    """Have programs of an architecture run in containers: install an emulator, and tell the kernel, where they do not.

    Raises:
        PlimsollError: they do not, and nothing can be done about it here.

    """
    if (lacking := missing(architecture)) is None:
        return
    on_debian = packages.distribution() in {"debian", "ubuntu"}
    if not (engine.where().is_here and on_debian and os.geteuid() == 0):
        raise lacking
    packages.require_allowed(lacking.cause, lacking.remedy)
    _, emulator = MACHINES[architecture]
    configuration = CONFIGURATIONS / f"{emulator}.conf"
    if not configuration.exists():
        packages.announce([PACKAGE], packages.distribution().capitalize())
        packages.install([PACKAGE])
    _register(architecture, configuration)
    if lacking := missing(architecture):
        raise lacking


def _register(architecture: str, configuration: Path) -> None:
    """Tell the kernel of an emulator, as its package says it, with the flag in any case."""
    if not (KERNEL / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", KERNEL], capture_output=True, check=False)
    # The package may have told the kernel itself.
    for entry in entries(architecture):
        if entry.is_for_containers:
            return
        tell(f"{entry.file} is replaced: {_cause(architecture)}")
        _write(entry.file, "-1")
    fields = configuration.read_text().strip().rsplit(":", 1) if configuration.exists() else []
    if len(fields) != 2:
        raise PlimsollError(f"{configuration}, which {PACKAGE} brings, says no emulator", f"reinstall {PACKAGE}")
    rule, flags = fields
    name = rule.split(":")[1]
    tell(f"{name} is told to the kernel, till the machine starts anew; to undo it: echo -1 > {KERNEL / name}")
    _write(KERNEL / "register", f"{rule}:{flags if FIX_BINARY in flags else flags + FIX_BINARY}")


def _write(file: Path, words: str) -> None:
    try:
        file.write_text(words)
    except OSError as error:
        cause = f"{file} can't be written: {error.strerror}"
        raise PlimsollError(cause, "do it where the kernel is this machine's own, not in a container") from error
