"""What is about to be published: which images, for which platforms, under which tags, from which commit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll import engine, pulls
from plimsoll.errors import PlimsollError
from plimsoll.facts.build.platforms import OTHERS
from workshop import emulation, foreign, foreign_bases, selection
from workshop.publishing import source, tags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from plimsoll.subject import Variant
    from workshop.publishing.source import Source
    from workshop.publishing.tags import Tag

REGISTRY = re.compile(
    r"(?:[\w-]+(?:\.[\w-]+)+|localhost|\[[0-9a-f:]+\]|[\w-]+(?=:))(?::\d+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+"
)
"""A registry's host, and the path there under which the images stand."""

STEPS = (
    "build, with provenance, an SBOM, labels and annotations",
    "judge that digest by every rule and its app's tests",
    "push it by digest, under no tag",
    "read it back and compare",
    "sign it by digest, and verify that",
    "name it by the tags",
)


@dataclass(frozen=True)
class Image:
    """An image that is published.

    Attributes:
        variant: what it is built from, and what is expected of it.
        repository: the registry and the path there.
        platforms: that it is for, the engine's own first.
        lacking: why it is for one only, empty where it is for more.
        stand_ins: the bases that another image stands in for.

    """

    variant: Variant
    repository: str
    platforms: tuple[str, ...]
    lacking: str
    stand_ins: tuple[str, ...]

    @property
    def app(self) -> str:
        """The app's name."""
        return self.variant.app


@dataclass(frozen=True)
class Plan:
    """What is published.

    Attributes:
        registry: its host, and the path there under which the images stand.
        source: the commit.
        images: which.
        tags: under which tags, each of them.

    """

    registry: str
    source: Source
    images: tuple[Image, ...]
    tags: tuple[Tag, ...]

    def lines(self) -> Iterator[str]:
        """The plan for people."""
        named = f"{self.source.version}, " if self.source.version else ""
        yield f"{named}commit {self.source.short} of {self.source.created}, to {self.registry}"
        yield f"tags: {', '.join(tag.text for tag in self.tags)}"
        for image in self.images:
            built = f"{image.app}: {', '.join(image.platforms)}"
            yield f"{built} only: {image.lacking}" if image.lacking else built
            if image.stand_ins:
                yield f"{image.app}: built on stand-ins here, {', '.join(image.stand_ins)}"
        yield from (f"{number}. {step}" for number, step in enumerate(STEPS, 1))


def make(registry: str, tag: str, apps: Collection[str] = (), platforms: Collection[str] = ()) -> Plan:
    """The plan for the commit that is checked out; no registry is asked, and nothing is built.

    Args:
        registry: its host, and the path there under which the images stand.
        tag: of git; empty for the main branch's newest.
        apps: whose production images are published; all where none is named.
        platforms: for which; all that can be built for here where none is named.

    Raises:
        PlimsollError: something of this can't be published.

    """
    if not REGISTRY.fullmatch(registry):
        given = f"REGISTRY={registry}" if registry else "no REGISTRY"
        raise PlimsollError(f"{given} is named", "name a registry's host and a path there: REGISTRY=host/owner")
    commit = source.read(tag)
    named = tuple(tags.of(commit))
    own = f"{foreign.SYSTEM}{engine.architecture()}"
    if platforms and own not in platforms:
        raise PlimsollError(
            f"{own}, which the engine is, is not among the platforms", "name it too: what is published is run here"
        )
    chosen = [each for each in selection.of_apps(list(apps)) if each.name == foreign.PRODUCTION]
    images = tuple(_image(each, registry, own, platforms) for each in chosen)
    return Plan(registry, commit, images, named)


def _image(variant: Variant, registry: str, own: str, platforms: Collection[str]) -> Image:
    other = OTHERS.get(engine.architecture(), "")
    wanted = f"{foreign.SYSTEM}{other}"
    lacking = f"no other is asked for than {own}" if platforms and wanted not in platforms else _lacking(variant, other)
    stand_ins = tuple(name for name in variant.dockerfile.bases if _is_stood_in(variant, name))
    both = (own,) if lacking else (own, wanted)
    return Image(variant, f"{registry}/{variant.app}", both, lacking, stand_ins)


def _is_stood_in(variant: Variant, name: str) -> bool:
    needed = {
        base for stage in variant.dockerfile.needed(variant.stage) for base, _ in variant.dockerfile.outside(stage)
    }
    return name in needed and pulls.is_here(name) and bool(pulls.stands_in(name))


def _lacking(variant: Variant, other: str) -> str:
    """Why an image can't be built for another architecture than the engine's, empty where it can."""
    if not other:
        return "no other is known that an engine like this one builds for"
    if variant.app not in foreign.APPS:
        return f"on {foreign.SYSTEM}{other} it is not proved, nor named in workshop/foreign.py"
    if not foreign_bases.needs_emulation(variant, other):
        return ""
    lacking = emulation.missing(other)
    return lacking.cause if lacking else ""
