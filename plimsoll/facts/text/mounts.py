"""What of the host a service of a compose file is given: by a bind, or by a volume that is one under another name."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.composition import Composition
    from plimsoll.parsing.positions import Step

ENGINE_SOCKET = re.compile(r"/(?:docker|podman|containerd|crio|cri-dockerd|buildkitd)\.sock$")
SOCKET_FOLDERS = ("/run/containerd", "/run/podman", "/run/docker", "/run/crio", "/run/user")
"""Folders that hold the socket of an engine, and whatever is put there next."""

HOST_FOLDERS = [
    PurePosixPath(folder)
    for folder in (
        *("/boot", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/usr", "/var/lib/docker"),
        *("/var/lib/containerd", "/var/lib/kubelet", "/var/spool/cron", *SOCKET_FOLDERS),
    )
]
"""Each of them, and each folder above one, is the host for whoever can read or write it."""

HOST_FILES = re.compile(
    r"/etc/(?:g?shadow|sudoers|kubernetes|crontab|ssh$|ssh/ssh_host_)|/proc/(?:1|sys|sysrq-trigger|kcore)(?:/|$)"
    r"|/sys/(?:kernel|firmware)(?:/|$)|/dev/(?:k?mem|port|[shv]d[a-z]|xvd|nvme|mmcblk|mapper|dm-|disk)"
    r"|(?:~|/home/[^/]+|/root)/\.ssh(?:/|$)"
)
"""What lies in them and is as much: accounts, keys, the kernel's switches, disks."""


@dataclass(frozen=True)
class Mount:
    """What of the host is mounted.

    Attributes:
        source: the path on the host, without dots.
        path: where in the service it is written.
        volume: the named volume that it is given as; empty for a bind.
        shared: whether what is mounted below it is so on the host too.

    """

    source: str
    path: tuple[Step, ...]
    volume: str = ""
    shared: bool = False


def from_host(composition: Composition, spec: dict[str, Any]) -> Iterator[Mount]:
    """What a service is given of the host, by whatever form."""
    volumes = composition.document.get("volumes") or {}
    for mount in spec.get("volumes") or []:
        source = mount.get("source") or ""
        path = ("volumes", (f"{source}:{mount['target']}", source))
        if mount["type"] == "bind":
            shared = (mount.get("bind") or {}).get("propagation") in {"shared", "rshared"}
            yield Mount(_plain(source), path, shared=shared)
        elif mount["type"] == "volume" and (device := _bound(volumes.get(source) or {})):
            yield Mount(_plain(device), path, volume=source)
    for key in ("secrets", "configs"):
        given = composition.document.get(key) or {}
        for each in spec.get(key) or []:
            if file := (given.get(each["source"]) or {}).get("file"):
                yield Mount(_plain(file), (key, each["source"]))


def _bound(volume: dict[str, Any]) -> str:
    """The folder of the host that a volume is, empty where it is the engine's own or another machine's."""
    options = volume.get("driver_opts") or {}
    flags = str(options.get("o", "")).split(",")
    local = volume.get("driver", "local") == "local"
    # The kernel heeds no type where it only binds.
    return str(options.get("device", "")) if local and {"bind", "rbind"} & set(flags) else ""


def _plain(path: str) -> str:
    return posixpath.normpath(path) if path else ""


def is_engine_socket(source: str) -> bool:
    """Whether a path on the host is the socket by which an engine is spoken to."""
    return bool(ENGINE_SOCKET.search(source))


def danger(source: str) -> str:
    """What a path on the host is that no container may be given; empty for any other."""
    path = re.sub(r"^/var/run(?=/|$)", "/run", source)
    if is_engine_socket(path):
        return f"the engine's socket, {source}: whoever speaks to it is root (read-only or not)"
    if source == "~" or (path.startswith("/") and any(folder.is_relative_to(path) for folder in HOST_FOLDERS)):
        holds = ", which holds the engine's socket" if path in {"/", "/run", "/var", *SOCKET_FOLDERS} else ""
        return f"the host's folder {source}{holds}"
    return f"the host's {source}" if HOST_FILES.match(path) else ""
