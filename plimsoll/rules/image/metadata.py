"""Rules about what an image says of itself: its name, labels, ports, volumes, clock."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from plimsoll import references
from plimsoll.findings import broken_at
from plimsoll.parsing import licences
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from plimsoll.facts.image.base import Base
    from plimsoll.facts.image.image import Image
    from plimsoll.findings import Finding


LABEL = "org.opencontainers.image."
ID = re.compile(r"(sha256:)?[0-9a-f]{12,64}")
"""How the engine calls an image without a name."""

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
PRIVILEGED = 1024
SSH = 22
UTC = {
    "",
    "Etc/GMT",
    "Etc/UCT",
    "Etc/UTC",
    "Etc/Universal",
    "Etc/Zulu",
    "GMT",
    "UCT",
    "UTC",
    "UTC0",
    "Universal",
    "Zulu",
}
ZONES = "zoneinfo/"
UTC_FOOTER = ("\nUTC0\n", "\nGMT0\n")
"""How a time zone's file ends that is UTC's."""


def _is_a_moment(text: str) -> bool:
    if not RFC_3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def _is_an_address(text: str) -> bool:
    address = urlsplit(text)
    return bool(address.scheme and address.netloc) and " " not in text


def _is_a_word(text: str) -> bool:
    return bool(text) and not re.search(r"\s|\$", text)


WELL_FORMED: dict[str, tuple[Callable[[str], bool], str]] = {
    "title": (lambda text: bool(text.strip()), "a name for people"),
    "version": (_is_a_word, "a version, such as 1.4.2"),
    "revision": (_is_a_word, "the commit that it was built from"),
    "created": (_is_a_moment, "a time as RFC 3339 writes it, such as 2026-11-21T09:30:00Z"),
    "source": (_is_an_address, "the address of its sources"),
    "licenses": (licences.is_expression, "an SPDX expression, such as MIT or Apache-2.0 OR MIT"),
}
TOLD_ANYWAY = {"created"}
"""What every image's configuration says without a label."""


@rule(Level.NOTE, production=True)
def has_useful_labels(image: Image) -> list[Finding]:
    """An image outlives its build: what it is, from which commit, under which licence, only it can say."""
    missing = [name for name in WELL_FORMED if name not in TOLD_ANYWAY and LABEL + name not in image.labels]
    found = [("", f"it has no label {', '.join(LABEL + name for name in missing)}")] if missing else []
    for name, (is_well_formed, what) in WELL_FORMED.items():
        value = image.labels.get(LABEL + name)
        if value is not None and not is_well_formed(value):
            found.append(("", f"its label {LABEL}{name} is {value!r}, not {what}"))
    return broken_at(
        found, fix="set it with LABEL near the end of the last stage, from build arguments where it changes"
    )


@rule(Level.NOTE)
def is_named_by_a_version(image: Image) -> list[Finding]:
    """`latest` is another image tomorrow: nobody can say what runs, or go back to what ran."""
    found = []
    reference = references.parse(image.name)
    if reference.floats and not ID.fullmatch(image.name):
        found.append(("", f"its name is {image.name}" + ("" if reference.tag else ", without a tag: the latest")))
    if image.labels.get(f"{LABEL}version") == references.LATEST:
        found.append(("", f"its label {LABEL}version is {references.LATEST!r}"))
    return broken_at(found, fix="name the version or the destination: `docker build --tag shop:1.4.2`")


def _by(base: Base, keyword: str, *values: str) -> str:
    """Who declared it, where that was not the image itself: what is inherited nobody can take back."""
    return f", inherited from {base.name}" if any(base.says(keyword, value) for value in values) else ""


@rule(Level.NOTE, production=True)
def exposes_no_privileged_port(image: Image, base: Base) -> list[Finding]:
    """Below 1024 a user who is not root may not listen, unless somebody grants it; port 22 is a way in besides."""
    found = [
        ("", f"it exposes {port}" + (", for ssh" if number == SSH else "") + _by(base, "EXPOSE", port, str(number)))
        for port in image.config.get("ExposedPorts") or {}
        if (number := int(re.split(r"\D", port)[0])) < PRIVILEGED
    ]
    return broken_at(
        found,
        fix="listen on a port from 1024, such as 8080, and publish it as any other: `docker run --publish 80:8080`",
    )


@rule(Level.NOTE, production=True)
def declares_no_anonymous_volume(image: Image, base: Base) -> list[Finding]:
    """Every container then gets a nameless volume, which nobody asked for, nobody finds and a build can't write to."""
    found = [
        ("", f"it declares VOLUME {path}{_by(base, 'VOLUME', path)}") for path in image.config.get("Volumes") or {}
    ]
    return broken_at(found, fix="leave VOLUME out: who runs it mounts a named volume there, `--volume data:/data`")


@rule(Level.NOTE, production=True)
def clock_is_utc(image: Image) -> list[Finding]:
    """Logs of two containers can be laid side by side only if both say when in the same time zone."""
    found = []
    zone = image.environment.get("TZ", "").lstrip(":")
    if zone.rpartition(ZONES)[2] not in UTC:
        found.append(("", f"its environment says TZ={zone}"))
    entry = image.files.get("etc/localtime", (None,))[0]
    if entry and entry.kind == "symlink":
        zone = entry.link.rpartition(ZONES)[2]
        if zone not in UTC:
            found.append((entry.shown, f"it leads to {entry.link}"))
    elif entry and entry.size and not image.text("etc/localtime").endswith(UTC_FOOTER):
        found.append((entry.shown, "it is a time zone other than UTC"))
    return broken_at(found, fix="keep the image in UTC; who runs it can say otherwise, `--env TZ=Europe/Madrid`")
