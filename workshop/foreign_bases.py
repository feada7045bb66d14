"""Stand-ins for another processor than the engine's, under names of their own.

Under the official names stay those that the engine's own images are built on: with a second platform, their identity
would be another, and all that was built and found on them would be done anew. The builder is told of the others image
by image instead, for their platform alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from plimsoll import engine, pulls
from plimsoll.say import say, saying
from workshop import bases, emulation
from workshop.root import PREFIX, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.parsing.dockerfile import Stage
    from plimsoll.subject import Variant


def contexts(variant: Variant, architecture: str) -> dict[str, str]:
    """What the builder takes for an architecture in the place of base images that are stood in for, made where missing.

    Args:
        variant: what is built.
        architecture: for which.

    Returns:
        sources of BuildKit's named contexts, by the name and platform that each is for; none for what is pulled, since
        the builder itself pulls it for any platform.

    Raises:
        PlimsollError: one can't be made here.

    """
    needed = wanted(variant)
    bases.ensure(needed)
    names = [name for name in needed if pulls.stands_in(name)]
    if missing := [name for name in names if not _is_here(name, architecture)]:
        _make(missing, architecture)
    return {f"{name}::linux/{architecture}": f"docker-image://{name_of(name, architecture)}" for name in names}


def wanted(variant: Variant) -> dict[str, str]:
    """The images from outside of whose files, on the platform that it is built for, a variant is made."""
    dockerfile = variant.dockerfile
    return {name: dockerfile.place(line) for stage in stages(variant) for name, line in dockerfile.outside(stage)}


def stages(variant: Variant) -> list[Stage]:
    """The stages that a variant needs on the platform it is built for: none that compile for it on the builder's."""
    dockerfile = variant.dockerfile
    needed = dockerfile.needed(variant.stage)
    return [stage for stage in needed if "BUILDPLATFORM" not in dockerfile.lineage(stage)[-1].platform]


def needs_emulation(variant: Variant, architecture: str) -> bool:
    """Whether a build for an architecture runs programs of it: its own commands, or those that make a missing base."""
    runs = any(stage.all("RUN") for stage in stages(variant))
    return runs or any(pulls.stands_in(name) and not _is_here(name, architecture) for name in wanted(variant))


def name_of(name: str, architecture: str) -> str:
    """The name under which a stand-in for an architecture is kept."""
    return f"{PREFIX}{name}-{architecture}"


def _is_here(name: str, architecture: str) -> bool:
    kept = name_of(name, architecture)
    if not pulls.is_here(kept):
        return False
    labels = engine.client().images.get(kept).labels or {}
    return labels.get(bases.MADE_FROM) == bases.made_from(name)


def _make(names: Iterable[str], architecture: str) -> None:
    # Whoever has no emulator is told so, before Debian's own scripts fail one by one.
    if lacking := emulation.missing(architecture):
        raise lacking
    every = bases.stand_ins()
    targets = {name: every[name] for name in names}
    context = bases.CONTEXT / architecture
    bases.make_inputs(context, architecture)
    settings = [f"*.platform=linux/{architecture}", f"debian.context={context.relative_to(ROOT)}"]
    settings += [f"debian.dockerfile={os.path.relpath(ROOT / 'bases/debian/Dockerfile', context)}"]
    settings += [f"{target}.tags={name_of(name, architecture)}" for name, target in targets.items()]
    say(f"stand-ins for {', '.join(targets)} are built for linux/{architecture}, beside those under the official names")
    with saying("building them under emulation"):
        bases.build(targets, *settings)
