"""Where the engine is asked for: who says so, whether that can be an address, and why nobody answers there."""

from __future__ import annotations

import grp
import os
import pwd
import re
import socket
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from plimsoll.errors import PlimsollError

DEFAULT = "unix:///var/run/docker.sock"
DEFAULT_CONTEXT = "default"
UNIX, SSH = "unix://", "ssh://"

FORM = re.compile(
    r"(unix://|npipe://)/\S+|ssh://[^/\s]\S*|fd://\S*|(tcp|https?)://[^/\s]\S*|(\[[\da-fA-F:]+\]|[\w.-]+)?:\d+"
)
"""What the `docker` command takes for an engine's address."""

HERE = re.compile(r"(unix|npipe|fd)://|((tcp|https?)://)?(localhost|127\.[\d.]+|\[::1\])?(:\d+)?/?$")
"""The addresses of this machine's own."""

RANGES = ("/etc/subuid", "/etc/subgid")
"""What a rootless engine gives its containers' users."""

NAMES = Path("/etc/nsswitch.conf")

ROOTLESS = "run a rootless engine (`dockerd-rootless-setuptool.sh install`)"


@dataclass(frozen=True)
class Address:
    """An engine's address.

    Attributes:
        text: it, as in `unix:///var/run/docker.sock`.
        variable: the environment variable that decides it, empty where none does.
        context: the context of the `docker` command that decides it, empty where none but the default one does.

    """

    text: str
    variable: str = ""
    context: str = ""

    @property
    def file(self) -> Path | None:
        """The socket's file, where it is one."""
        return Path(self.text.removeprefix(UNIX)) if self.text.startswith(UNIX) else None

    @property
    def is_listened_to(self) -> bool:
        """Whether anybody listens at a socket of this machine; any other address may be."""
        if self.file is None:
            return True
        with socket.socket(socket.AF_UNIX) as knocking, suppress(OSError):
            knocking.connect(str(self.file))
            return True
        return False

    @property
    def is_spoken_to_by_command(self) -> bool:
        """Whether only the `docker` command knows how to: by SSH, or with the certificates that it is told of."""
        secured = self.context or any(map(os.environ.get, ("DOCKER_TLS", "DOCKER_TLS_VERIFY")))
        return self.text.startswith(SSH) or (self.file is None and bool(secured))

    @property
    def is_here(self) -> bool:
        """Whether the engine is this machine's own, as far as its address tells: a tunnel's end looks like one."""
        return HERE.match(self.text) is not None


def found() -> Address:
    """The address that the `docker` command would speak to: DOCKER_HOST, else that of the current context.

    Raises:
        PlimsollError: DOCKER_HOST can be no address, or there is no such context.

    """
    if text := os.environ.get("DOCKER_HOST"):
        if not FORM.fullmatch(text):
            raise PlimsollError(
                f"DOCKER_HOST={text} is no address of an engine",
                f"write it as in {DEFAULT}, tcp://HOST:2376 or ssh://USER@HOST, or unset DOCKER_HOST",
            )
        return Address(text, "DOCKER_HOST")
    variable = "DOCKER_CONTEXT" if os.environ.get("DOCKER_CONTEXT") else ""
    asked = "{{.Name}} {{.Endpoints.docker.Host}}"
    try:
        done = subprocess.run(
            ["docker", "context", "inspect", "--format", asked],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return Address(DEFAULT)
    if done.returncode != 0 and variable:
        raise PlimsollError(
            f"{variable}={os.environ[variable]} names no context of the `docker` command",
            f"see `docker context ls`, or unset {variable}",
        )
    name, _, text = done.stdout.strip().partition(" ")
    return Address(text or DEFAULT, variable, "" if name == DEFAULT_CONTEXT else name)


def refused(address: Address) -> PlimsollError | None:
    """What a user is told who may not speak to an engine that is there; None for any other."""
    file = address.file
    cause = f"this user may not speak to the Docker Engine at {address.text}"
    try:
        if file is None or not file.is_socket() or os.access(file, os.W_OK):
            return None
        status = file.stat()
    except PermissionError:
        return PlimsollError(f"{cause}, in another user's folder", f"set DOCKER_HOST to your own, or {ROOTLESS}")
    if status.st_gid == 0 or not status.st_mode & stat.S_IWGRP:
        return PlimsollError(f"{cause}, which is another user's", f"set DOCKER_HOST to your own, or {ROOTLESS}")
    group, members = _group(status.st_gid)
    if _user() in members:
        return PlimsollError(f"{cause}: it joined the group {group} after it logged in", "log in again")
    join = f"`sudo usermod --append --groups {group} {_user()}`, then log in again"
    return PlimsollError(f"{cause}, being outside the group {group}", f"join it ({join}), or {ROOTLESS}")


def unanswered(address: Address, said: str = "") -> PlimsollError:
    """What is told where nobody answers: where the address comes from, and who is to start what.

    Args:
        address: where.
        said: what the `docker` command says of it, where that was asked.

    """
    file = address.file
    why = "a socket that nobody listens on" if file is not None and file.is_socket() else said
    cause = f"no engine answers ({', '.join(filter(None, [address.text, why]))})"
    if _is_rootless(address) and (lacking := _without_range()):
        return PlimsollError(
            f"{cause}, and a rootless one can't start, since {' and '.join(lacking)} give {_user()} no range",
            f"`sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {_user()}`, "
            "then `systemctl --user restart docker`",
        )
    if address.context:
        start = "start Docker Desktop" if "desktop" in f"{address.context} {address.text}" else "start Docker there"
        leave = f"unset {address.variable}" if address.variable else "`docker context use default`"
        return PlimsollError(cause, f"{start}, or leave the context {address.context} ({leave})")
    if address.variable:
        return PlimsollError(cause, f"start Docker there, or unset {address.variable}, which names that address")
    return PlimsollError(
        cause, "start Docker (`sudo systemctl start docker`, or Docker Desktop), or set DOCKER_HOST to one that runs"
    )


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _group(number: int) -> tuple[str, list[str]]:
    """The name of a group, and its members."""
    try:
        found = grp.getgrgid(number)
    except KeyError:
        return str(number), []
    return found.gr_name, found.gr_mem


def _is_rootless(address: Address) -> bool:
    """Whether an engine there would be this user's own, by the folder that the user alone has while logged in."""
    folder = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    return os.getuid() != 0 and address.file is not None and address.file.is_relative_to(folder)


def _without_range() -> list[str]:
    """The files that should give this user a range of numbers, and do not."""
    with suppress(OSError):
        if re.search(r"^\s*subid:", NAMES.read_text(), re.MULTILINE):
            return []  # Another service gives them, which these files do not tell of.
    return [file for file in RANGES if not _has_range(Path(file))]


def _has_range(file: Path) -> bool:
    mine = (f"{_user()}:", f"{os.getuid()}:")
    with suppress(OSError):
        return any(line.startswith(mine) for line in file.read_text().splitlines())
    return False
