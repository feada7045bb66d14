"""The name of an image, taken apart as the engine does it, and what its tag leaves open."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

LATEST = "latest"

TAGS = Path(__file__).parent / "data/tags.toml"

HOST = r"(?:[^/]*[.:][^/]*|localhost)/"
REGISTRY = re.compile(f"^{HOST}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
"""One of a kind that can be checked."""

BEFORE_OFFICIAL = re.compile(rf"^(?:{HOST})?(?:(?:.*/)?library/|(?:amd64|arm32v[567]|arm64v8|i386)/)?")
"""What may stand before the name of an official image: a registry, a mirror's folder, a platform."""

NUMBER = re.compile(r"v?(\d+(?:\.\d+)*)")
EXACT = re.compile(r"20\d{6}|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}$")
"""A day or a commit: a tag that names one stays what it is."""

DISTROLESS = re.compile(r"(?:^|/)distroless/(?!.*debian\d)")
"""Distroless images that do not have their distribution's release in their name; no tag of theirs has it."""


class Reference(NamedTuple):
    """A name, as people and Dockerfiles write it.

    Attributes:
        repository: all that stands before the tag, the registry's address included.
        tag: empty without one.
        digest: with its algorithm, empty without one.

    """

    repository: str
    tag: str
    digest: str

    @property
    def name(self) -> str:
        """The last part of the repository."""
        return self.repository.rpartition("/")[2]

    @property
    def floats(self) -> bool:
        """Whether it means another image tomorrow: the latest, said or unsaid."""
        return not self.digest and self.tag in {"", LATEST}

    @property
    def moves(self) -> str:
        """Why it goes on to other release lines by itself, empty where it names one."""
        if self.digest:
            return ""
        if self.floats:
            return "is whatever is the latest" if self.tag else "has no tag: it is whatever is the latest"
        return _moves(self)


@functools.cache
def parse(name: str) -> Reference:
    """An image's name taken apart; what is no name comes apart somehow."""
    before, _, digest = name.rpartition("@") if "@" in name else (name, "", "")
    repository, colon, tag = before.rpartition(":")
    # A colon before a slash is that of a registry's port.
    if not colon or "/" in tag:
        repository, tag = before, ""
    return Reference(repository, tag, digest)


def split(repository: str) -> tuple[str, str]:
    """The host of the registry, with its port, that a repository begins with, empty for none; and the path there."""
    found = REGISTRY.match(repository)
    return (found[0].rstrip("/"), repository[found.end() :]) if found else ("", repository)


class _Known(NamedTuple):
    """What is known of tags: see data/tags.toml.

    Attributes:
        lines: how many numbers name a release line, by image.
        codenames: what names one as well, by image.
        everywhere: what follows a branch or a channel, whoever's image it is.
        there: what does so in those images.
        flavours: what says nothing of a version.

    """

    lines: dict[str, int]
    codenames: dict[str, set[str]]
    everywhere: set[str]
    there: set[str]
    flavours: set[str]


@functools.cache
def _known() -> _Known:
    table = tomllib.loads(TAGS.read_text(encoding="utf-8"))
    return _Known(
        lines={name: int(numbers) for numbers, names in table["lines"].items() for name in names.split()},
        codenames={name: set(words.split()) for name, words in table["codenames"].items()},
        everywhere=set(table["moving"]["everywhere"].split()),
        there=set(table["moving"]["there"].split()),
        flavours=set(table["flavours"]["words"].split()),
    )


def _moves(reference: Reference) -> str:
    """Why a tag that is not simply the latest moves."""
    parts = reference.tag.lower().replace("_", "-").split("-")
    if any(EXACT.match(part) for part in parts):
        return ""
    names = [before.sub("", reference.repository, count=1) for before in (BEFORE_OFFICIAL, REGISTRY)]
    image = next((name for name in names if name in _known().lines), "")
    if image:
        return _moves_there(image, parts)
    if DISTROLESS.search(reference.repository) and set(parts) <= _known().flavours:
        return "names no release of its distribution"
    numbered = any(NUMBER.match(part) for part in parts)
    return "" if numbered else _channel(parts, _known().everywhere)


def _moves_there(image: str, parts: list[str]) -> str:
    """Why the tag of a well-known image moves."""
    known = _known()
    if not known.codenames.get(image, set()).isdisjoint(parts):
        return ""
    if number := NUMBER.match(parts[0]):
        alone = "." not in number[1] and known.lines[image] > 1
        return f"goes through all of {number[1]}: a release line of {image} has two numbers" if alone else ""
    if channel := _channel(parts, known.everywhere | known.there):
        return channel
    plain = {part.rstrip(".0123456789") for part in parts}
    return f"says no version of {image}" if plain <= known.flavours | {""} else ""


def _channel(parts: list[str], channels: set[str]) -> str:
    return next((f"follows `{part}`, whatever version that is" for part in parts if part in channels), "")
