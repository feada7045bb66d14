"""Rules about a Dockerfile's bases and stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll import references
from plimsoll.facts.text import platforms, silenced
from plimsoll.findings import broken_at
from plimsoll.parsing.dockerfile import is_development
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.findings import Finding
    from plimsoll.parsing.dockerfile import Dockerfile


@rule(Level.WARNING)
def bases_have_a_fixed_tag(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """An image that is built on whatever is the latest is another one tomorrow, and nobody changed a line."""
    found = (
        (line, f"`{image}` {why}") for image, line in dockerfile.references if (why := references.parse(image).moves)
    )
    return broken_at(
        silenced.beside(diagnostics, dockerfile, found, same="DL3006 DL3007"),
        fix="name a release line and a distribution, such as `python:3.13-slim-trixie` or `debian:trixie-slim`",
    )


@rule(Level.NOTE)
def bases_are_pinned_alike(dockerfile: Dockerfile) -> list[Finding]:
    """A digest pins one base; the next one without still moves, so that the build is as repeatable as before."""
    pinned = [image for image, _ in dockerfile.references if references.parse(image).digest]
    found = [
        (dockerfile.place(line), f"`{image}` has no digest, and `{pinned[0].partition('@')[0]}` has one")
        for image, line in dockerfile.references
        if pinned and not references.parse(image).digest
    ]
    return broken_at(found, fix="give every base a digest, and a bot that renews them, or none")


@rule(Level.WARNING)
def platform_is_not_fixed(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """One Dockerfile serves every architecture, unless a line names one: elsewhere the image then needs an emulator."""
    return broken_at(
        silenced.beside(diagnostics, dockerfile, platforms.fixed(dockerfile), same="DL3029"),
        fix="leave --platform out, or say `--platform=$BUILDPLATFORM` in a stage that compiles for `$TARGETARCH`",
    )


@rule(Level.WARNING)
def stage_names_are_lower_case_and_unique(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """`--target` and `--from` find a stage by its name in lower case: one that is shared or reserved finds another."""
    return broken_at(diagnostics, fix="give each stage a name of its own, in lower case: `FROM ... AS build`")


@rule(Level.NOTE)
def instructions_are_cased_alike(build_checks: list[tuple[str, str]]) -> list[Finding]:
    """A reader finds the instructions by their capitals."""
    return broken_at(build_checks, fix="write instructions in upper case, AS too")


@rule(Level.WARNING)
def every_stage_is_needed(dockerfile: Dockerfile) -> list[Finding]:
    """A stage that no target needs and that has no name to be built by is never built: it only misleads readers."""
    targets = [stage for stage in dockerfile.stages if stage.name or stage is dockerfile.last]
    needed = {stage.index for target in targets for stage in dockerfile.needed(target)}
    found = [
        (dockerfile.place(stage.line), f"this stage on `{stage.base}` has no name and nothing copies from it")
        for stage in dockerfile.stages
        if stage.index not in needed
    ]
    return broken_at(found, fix="remove it, copy from it, or name it so that it can be built with --target")


@rule(Level.ERROR, production=True)
def production_is_not_built_on_development(dockerfile: Dockerfile) -> list[Finding]:
    """Whatever a development stage holds is in every image built on it: tools, tests, root."""
    last = dockerfile.last
    lineage = [] if is_development(last.name) else dockerfile.lineage(last)
    name = f"`{last.name}`" if last.name else "the last stage"
    found = [(stage.line, f"`{stage.name}`") for stage in lineage[1:] if is_development(stage.name)]
    tags = [(root, references.parse(root.base).tag.split("-")) for root in lineage[-1:]]
    found += [(root.line, f"`{root.base}`, which is there to debug with") for root, tag in tags if "debug" in tag]
    return broken_at(
        [(dockerfile.place(line), f"{name} is built on {what}") for line, what in found],
        fix="build production on its own base, and development on that or beside it",
    )
