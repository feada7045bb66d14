"""File capabilities: what a program is given beyond what its user has, as the kernel keeps it beside the file."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.layer import Entry

ATTRIBUTE = "SCHILY.xattr.security.capability"
"""The name under which archives have them."""

NAMES = (
    *("chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap"),
    *("linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner"),
    *("sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice"),
    *("sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap"),
    *("mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf"),
    "checkpoint_restore",
)
"""By their numbers, as linux/capability.h has them."""

EFFECTIVE = 1
SECOND = 2
"""The version of the form from which there are two words of each kind."""


@dataclass(frozen=True)
class Capabilities:
    """What a file has.

    Attributes:
        names: those that whoever starts it gets.
        effective: whether it has them at once, so that the kernel starts it with all of them or not at all.

    """

    names: tuple[str, ...]
    effective: bool


def of(image: Image, entry: Entry) -> Capabilities | None:
    """The capabilities of a file, None where it has none."""
    origin = image.files[entry.path][1]
    kept = origin.capabilities.get(entry.link if entry.kind == "hardlink" else entry.path)
    return read(bytes.fromhex(kept)) if kept else None


def read(kept: bytes) -> Capabilities | None:
    """Capabilities from the kernel's form, None where there are none, or it is damaged."""
    words = [word for (word,) in struct.iter_unpack("<I", kept[: len(kept) // 4 * 4])]
    if len(words) < 3:
        return None
    permitted = words[1] | ((words[3] << 32) if words[0] >> 24 >= SECOND and len(words) > 3 else 0)
    names = tuple(
        f"cap_{NAMES[number] if number < len(NAMES) else number}" for number in range(64) if permitted >> number & 1
    )
    return Capabilities(names, bool(words[0] & EFFECTIVE)) if names else None
