"""Rules about what a compose file gives its services of the host."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plimsoll import references
from plimsoll.facts.text import mounts, services
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.composition import Composition
    from plimsoll.findings import Finding
    from plimsoll.parsing.positions import Step

    Grant = tuple[tuple[Step, ...], str]

HOST_CAPABILITIES = {"ALL", "BPF", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"}
"""Each is enough to get out of a container; DAC_READ_SEARCH opens any file of the host by its handle."""

UNCONFINED = re.compile(r"[:=]unconfined$|^label[:=]disable$")
HARMLESS = re.compile(
    r"/dev/(?:dri|kfd|nvidia|snd|video\d|media\d|tty(?:USB|ACM)|serial/|input|kvm$|net/tun$|i2c-|spidev|gpiochip|apex_\d)"
)
"""Devices that do one thing and lead nowhere else: processors, sound, cameras, serial lines, a tunnel."""

MANAGERS = {
    "autoheal", "dockge", "dozzle", "docker-proxy", "docker-socket-proxy", "lazydocker", "portainer", "portainer-ce",
    "portainer-ee", "socket-proxy", "watchtower", "yacht",
}  # fmt: skip
"""Images that manage an engine and do nothing else: without its socket there is no use in them."""

ALL_DEVICES = re.compile(r"a(?:\s+\*:\*.*)?")


@rule(Level.ERROR)
def grants_no_privileges_or_host_namespaces(composition: Composition) -> list[Finding]:
    """Each of these hands a container the host: from there, breaking out is a command and no exploit."""
    granted = (
        (name, path, what)
        for name, spec in composition.services.items()
        for path, what in (*_privileges(spec), *_devices(spec), *_mounts(composition, name))
    )
    return broken_at(
        ((composition.place(name, *path), f"{name} {what}") for name, path, what in granted),
        fix="take it out, or waive this rule in the file with the reason why nothing less will do",
    )


@rule(Level.WARNING)
def shares_no_network_with_the_host(composition: Composition) -> list[Finding]:
    """On the host's network a service reaches all that listens on loopback alone, and what it opens is open to all."""
    return broken_at(
        (
            (composition.place(name, "network_mode"), f"{name} is on the host's network (network_mode: host)")
            for name, spec in composition.services.items()
            if spec.get("network_mode") == "host"
        ),
        fix="take it out, and publish the ports that are needed; "
        "or waive this rule in the file where it must hear broadcasts",
    )


def _privileges(spec: dict[str, Any]) -> Iterator[Grant]:
    """What a service may do that is the host's: where in the service that is written, and what it is."""
    if spec.get("privileged"):
        yield ("privileged",), "is privileged"
    for key in ("pid", "ipc", "uts", "userns_mode", "cgroup"):
        if spec.get(key) == "host":
            yield (key,), f"shares the host's namespace ({key}: host)"
    for capability in spec.get("cap_add") or []:
        if capability.upper().removeprefix("CAP_") in HOST_CAPABILITIES:
            yield ("cap_add", capability), f"is given the capability {capability}"
    for option in spec.get("security_opt") or []:
        if UNCONFINED.search(option):
            yield ("security_opt", option), f"is not confined by the kernel ({option})"
    for key in ("post_start", "pre_stop"):
        if any(hook.get("privileged") for hook in spec.get(key) or []):
            yield (key, "privileged"), f"runs a privileged command ({key})"
    build = spec.get("build") or {}
    if build.get("privileged"):
        yield ("build", "privileged"), "is built by privileged steps"
    if "security.insecure" in (build.get("entitlements") or []):
        yield ("build", "entitlements", "security.insecure"), "is built by privileged steps (security.insecure)"


def _devices(spec: dict[str, Any]) -> Iterator[Grant]:
    for device in spec.get("devices") or []:
        source = device["source"]
        if source.startswith("/") and not HARMLESS.match(source):
            yield ("devices", source), f"is given the host's device {source}"
    for allowed in spec.get("device_cgroup_rules") or []:
        if ALL_DEVICES.match(allowed):
            yield ("device_cgroup_rules", allowed), f"may use every device of the host ({allowed})"


def _mounts(composition: Composition, name: str) -> Iterator[Grant]:
    spec = composition.services[name]
    manages = references.parse(services.image(composition, name)).name in MANAGERS
    if spec.get("use_api_socket"):
        yield ("use_api_socket",), "is given the engine's socket (use_api_socket): whoever speaks to it is root"
    for mount in mounts.from_host(composition, spec):
        what = mounts.danger(mount.source)
        if what and not (manages and mounts.is_engine_socket(mount.source)):
            named = f", as the volume {mount.volume}" if mount.volume else ""
            yield mount.path, f"is given {what}{named}"
        if mount.shared:
            yield mount.path, f"mounts on the host too whatever it mounts under {mount.source}"
