"""Rules about what an image that is built for several platforms holds on each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.text import platforms
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.facts.build.platforms import OtherPlatform
    from plimsoll.findings import Finding
    from plimsoll.parsing.dockerfile import Dockerfile


@rule(Level.ERROR)
def every_platform_gets_its_own_programs(dockerfile: Dockerfile) -> list[Finding]:
    """A build for another platform that ends with the builder's programs succeeds; they start nowhere but there."""
    found = [(dockerfile.place(line), f"{what} (judged by the text)") for line, what in platforms.alike(dockerfile)]
    return broken_at(
        found,
        fix="say `ARG TARGETARCH` without a value in each stage that uses it, compile for it (`GOARCH=$TARGETARCH`), "
        "and leave --platform out of the last stage",
    )


@rule(Level.ERROR, production=True, uses=("platforms",), thorough=True)
def another_platforms_programs_are_for_it(other_platform: OtherPlatform) -> list[Finding]:
    """What the text promises, a build shows: made here for another processor, each program must be for that one."""
    built = other_platform["architecture"]
    found = [
        (path, f"it is for {architecture} in the image that is built for linux/{built}")
        for path, architecture in other_platform["strangers"]
    ]
    return broken_at(found, fix="compile it for $TARGETARCH, or copy it from a stage or an image of that platform")
