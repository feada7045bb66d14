"""Rules about the databases of a compose file: whom they let in, and where their data is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.text import databases, ports, services
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.composition import Composition
    from plimsoll.findings import Finding


@rule(Level.ERROR)
def databases_are_not_published(composition: Composition) -> list[Finding]:
    """Services reach a database by their network; a published one is open to every program that reaches the host."""
    found = (
        (composition.place(name, *ports.path(port)), f"{name} is a database and publishes {ports.published(port)}")
        for name in databases.of(composition)
        for port in composition.services[name].get("ports") or []
    )
    return broken_at(
        found, fix="take out its `ports`; `docker compose exec` gives a client inside, a file of your own a port"
    )


@rule(Level.WARNING)
def databases_ask_for_a_password(composition: Composition) -> list[Finding]:
    """Whoever gets into any service of the network, or reaches a port, reads and writes what needs no password."""
    return broken_at(
        (
            (composition.place(name, *path), f"{name} {what}")
            for name, image in databases.of(composition).items()
            for path, what in databases.doors(composition, name, image)
        ),
        fix="give it a password as a file, under `secrets`, and take out what lets others in without",
    )


@rule(Level.ERROR)
def databases_keep_their_data_in_named_volumes(composition: Composition) -> list[Finding]:
    """Data anywhere else is lost with the container, or with the first `down` that nobody thought about."""
    return broken_at(
        (
            (composition.place(name, *path), f"{name} {stray}")
            for name, image in databases.of(composition).items()
            for path, stray in _stray_data(composition, name, image)
        ),
        fix="mount a named volume there, declared under the top-level `volumes`",
    )


def _stray_data(composition: Composition, name: str, image: str) -> list[tuple[tuple[str, ...], str]]:
    """Where a database keeps its data if that is no named volume; none where it is one, or is not known."""
    spec = composition.services[name]
    expected = databases.data_paths(composition, name, image)
    mounts = services.mounted(spec)
    memory = {path.partition(":")[0].rstrip("/") for path in spec.get("tmpfs") or []}
    memory |= {path for path, mount in mounts.items() if mount["type"] == "tmpfs"}
    if not expected or expected & memory:
        # In memory is meant for throwing away, and says so.
        return []
    there = [mounts[path] for path in expected if path in mounts]
    if not there:
        kept = f"has no volume at {' or '.join(sorted(expected))}, where this version keeps its data"
        return [(("volumes",), f"{kept}: it goes into a nameless one, or into the container")]
    target = there[0]["target"]
    if any(mount["type"] == "bind" for mount in there):
        return [(("volumes", target), f"keeps its data in a folder of the host, {there[0]['source']}")]
    if any(mount["type"] == "volume" and not mount.get("source") for mount in there):
        return [(("volumes", target), f"keeps its data in a volume without a name, at {target}")]
    return []
