"""What the helper may do on the engine's machine: no more than its questions take, each right with what it is for."""

from __future__ import annotations

from typing import Any

CAPABILITIES = {
    "SYS_PTRACE": "to see which processes are a container's, what they hold open, and how much memory it has used",
    "SYS_ADMIN": "to enter a container's network, where it speaks to it, and to leave it a process without a parent",
    "KILL": "to freeze, wake and kill a container's processes, whoever they run as",
    "DAC_READ_SEARCH": "to list what other users' processes hold open, and to read the beginning of their logs",
}
"""The kernel's capabilities that the helper has, each with what fails without it."""

CONFINEMENT = {
    "the machine's processes": "it sees them: a process 1 can be frozen and killed only from outside its container",
    "the machine's users": "it is root among them also where the engine gives containers others",
    "AppArmor, SELinux": "off for it: their profiles for containers keep one from looking into another",
    "seccomp": "the engine's own filter is on",
    "network": "none",
    "files": "those of its image, which it can't change; nothing is mounted",
    "new privileges": "it can gain none",
}
"""What else `options` gives it, or takes from it, in words for people."""


def options(capabilities: dict[str, str] = CAPABILITIES) -> dict[str, Any]:
    """How the helper is confined, for the Docker SDK's `containers.create`.

    Args:
        capabilities: what it keeps.

    """
    return {
        "cap_drop": ["ALL"],
        "cap_add": list(capabilities),
        "security_opt": ["no-new-privileges", "apparmor=unconfined", "label=disable"],
        "pid_mode": "host",
        # An engine that gives containers other users refuses them the machine's processes otherwise.
        "userns_mode": "host",
        "network_mode": "none",
        "read_only": True,
    }
