"""The ports that services of a compose file publish: as people say them, and as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plimsoll.parsing.positions import Step

Port = dict[str, Any]


def published(port: Port) -> str:
    """A port as people say it."""
    as_ = f"port {port['published']}" if port.get("published") else "a free port"
    return f"its port {port['target']} as {as_} of {port.get('host_ip') or 'every address'}"


def path(port: Port) -> tuple[Step, ...]:
    """Where it stands in its service: the ways to write it, the most exact first."""
    outside, inside, address = port.get("published") or "", port["target"], port.get("host_ip") or ""
    pair = f"{outside}:{inside}" if outside or address else f"{inside}"
    whole = f"[{address}]:{pair}" if ":" in address else f"{address}:{pair}" if address else pair
    ways = (whole, f"{whole}/{port.get('protocol', 'tcp')}", f"{address}:{pair}", pair, f"{outside}", f"{inside}")
    return "ports", tuple(dict.fromkeys(each for each in ways if each))
