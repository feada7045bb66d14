"""Production images for another processor than the engine's: built beside its own, under names of their own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.build import bake
from plimsoll.facts.build.platforms import OTHERS
from plimsoll.facts.image import image
from plimsoll.say import say, saying
from plimsoll.subject import Outcome
from plimsoll.units import show_size
from workshop import apps, build, emulation, foreign_bases
from workshop.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.facts.build.record import Record
    from plimsoll.subject import Variant

SYSTEM = "linux/"
PRODUCTION = "prod"
APPS = ("go-gin", "go-translate", "catweb", "rust-cli")
"""One of each kind: cross-compiled, put together from the target's own files, compiled under emulation."""

RUNS = re.compile(r"\[(?:.* )?(\S+) +\d+/\d+\] RUN ")
"""What a step is called that runs a command, with the name of its stage."""


def architecture(platform: str = "") -> str:
    """The architecture of a platform that images can be built for beside the engine's own.

    Args:
        platform: such as `linux/arm64`; empty for whatever is another than the engine's.

    Raises:
        PlimsollError: it is another, or no engine answers.

    """
    own = engine.architecture()
    other = OTHERS.get(own)
    if other is None or platform not in {"", SYSTEM + other}:
        known = f"name {SYSTEM}{other}" if other else "do so on amd64 or arm64"
        raise PlimsollError(f"PLATFORM={platform} is not built beside {SYSTEM}{own}, which the engine is", known)
    return other


def variants(other: str, names: Iterable[str] = ()) -> list[Variant]:
    """The production images of apps for an architecture, each under a name that tells it from the engine's own.

    Args:
        other: the architecture.
        names: of the apps; all of `APPS` where none is named.

    Raises:
        PlimsollError: one of them is none of `APPS`.

    """
    names = list(names) or APPS
    for name in names:
        if name not in APPS:
            raise PlimsollError(f"`{name}` is not proved on another platform", f"name one of {', '.join(APPS)}")
    own = _own()
    return [replace(own[name], image=f"{own[name].image}-{other}", outcome=Outcome()) for name in names]


def _own() -> dict[str, Variant]:
    return {each.app: each for each in apps.variants() if each.name == PRODUCTION}


def prepare(platform: str, names: Iterable[str] = ()) -> None:
    """Have an emulator, and the production images of apps for the engine's own platform and for another.

    Args:
        platform: the other one, such as `linux/arm64`.
        names: of the apps; all of `APPS` where none is named.

    Raises:
        PlimsollError: it is none that can be built for here, there is no emulator, or something does not build.

    """
    other = architecture(platform)
    wanted = variants(other, names)
    emulation.ensure(other)
    own = _own()
    build.build(own[variant.app] for variant in wanted)
    build_(wanted, other)


def build_(wanted: Iterable[Variant], other: str) -> None:
    """Build images for an architecture, one after another, and tell what each is and what it took.

    Raises:
        PlimsollError: one does not build, or a base can't be had for that architecture.

    """
    for variant in wanted:
        name = f"{variant} for {SYSTEM}{other}"
        with saying(f"building {name}"):
            record = bake_(variant, other, f"tags={variant.image}", build.PACKED)
        if record.code != 0:
            raise PlimsollError(f"{name} does not build: {record.failure}", "fix it, then run this again")
        size, own = (image.read(each).size for each in (variant.image, variant.image.removesuffix(f"-{other}")))
        seconds = emulated(record, variant)
        say(
            f"{name}: {show_size(size)}, {size / own - 1:+.1%} beside {SYSTEM}{engine.architecture()}; "
            f"{seconds:.0f} s of it under emulation"
        )


def bake_(variant: Variant, other: str, *settings: str, platforms: Iterable[str] = ()) -> Record:
    """Build one image with bake.

    Args:
        variant: which.
        other: the architecture that is not the engine's.
        settings: of its target, as `--set` takes them.
        platforms: those that it is built for, if not for that architecture alone.

    Raises:
        PlimsollError: a base can't be had for that architecture.

    """
    contexts = [f"contexts.{name}={source}" for name, source in foreign_bases.contexts(variant, other).items()]
    wanted = list(platforms) or [SYSTEM + other]
    chosen = [f"--set={variant.bake}.{each}" for each in (*settings, *contexts)]
    chosen += [f"--set={variant.bake}.platform={','.join(wanted)}"]
    return bake.bake(*chosen, variant.bake, files=(build.BAKE,), folder=ROOT)


def emulated(record: Record, variant: Variant) -> float:
    """The seconds that commands took on another processor than the builder's, while an image was built for it."""
    names = {stage.name for stage in foreign_bases.stages(variant)}
    steps = ((RUNS.match(step.name), step.seconds) for step in record.steps.values() if not step.cached)
    return sum(seconds for match, seconds in steps if match and match[1] in names)
