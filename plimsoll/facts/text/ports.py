"""The ports that services of a compose file publish: as people say them, and as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plimsoll import references

if TYPE_CHECKING:
    from plimsoll.parsing.positions import Step

Port = dict[str, Any]

PROXIES = {"caddy", "envoy", "haproxy", "nginx-proxy", "nginx-proxy-manager", "swag", "traefik"}
"""Images that are there to stand in front of all others, by the last part of their names."""

PUBLIC = {"80", "443"}
"""The ports on which everybody expects them."""


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


def is_a_proxys(port: Port, image: str) -> bool:
    """Whether it is the door that a proxy is there to hold open for everybody."""
    return references.parse(image).name in PROXIES and str(port.get("published")) in PUBLIC
