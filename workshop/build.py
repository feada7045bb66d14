"""Building with `docker buildx bake`: everything in one graph, and a record of which steps ran."""

from __future__ import annotations

import functools
import json
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from plimsoll import engine, whole
from plimsoll.facts.build import bake
from plimsoll.say import say, saying
from plimsoll.subject import Outcome, Variant
from workshop import apps, bases, fingerprint, taught
from workshop.root import BUILD, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from plimsoll.facts.build.record import Record

RECORD = BUILD / "builds.json"
BAKE = "docker-bake.hcl"
AT_ONCE = 40
"""Images of lessons that one graph builds; BuildKit loses track of its own builds when they are hundreds."""

LOST_TRACK = "no such job"
"""What BuildKit then says of a build that it has done."""

PACKED = "output=type=image,compression=gzip,force-compression=true"
"""What makes all layers such as a registry gets: some that an experiment has built anew are in the cache unpacked."""


@dataclass
class Built:
    """What became of one variant.

    Attributes:
        image: its name.
        error: why it did not build, empty where it did.
        unbuildable: why it can't be built on this machine, empty where it can.
        identity: the engine's identity of the image.
        fingerprint: the digest of what it was built from.

    """

    image: str
    error: str = ""
    unbuildable: str = ""
    identity: str = ""
    fingerprint: str = ""


def build(variants: Iterable[Variant]) -> dict[str, Built]:
    """Have the bases and build the variants, each once, and record what became of each.

    A variant that does not build is recorded, not raised: the rule `builds` is the one to judge it.

    Raises:
        PlimsollError: a base can't be had, or the bake file is wrong.

    """
    variants = list(variants)
    begun = time.monotonic()
    have = {base.name: base for base in bases.ensure(bases.wanted(variants))}
    results = {variant.image: Built(variant.image) for variant in variants}
    buildable = []
    for variant in variants:
        stand_ins = [name for name in variant.dockerfile.bases if name in have and have[name].stand_in]
        if variant.expected.needs and stand_ins:
            reason = f"needs {variant.expected.needs}, and {', '.join(stand_ins)} is a stand-in here"
            results[variant.image].unbuildable = reason
            say(f"{variant} is not buildable here: {reason}")
        else:
            buildable.append(variant)
    wanted = _changed(buildable, results)
    # In one graph with the others, what must not build would take them down with it.
    for variant in [variant for variant in wanted if _must_fail(variant)]:
        wanted.remove(variant)
        failed = _bake_variants([variant], quiet=True)
        results[variant.image].error = failed.failure if failed.code != 0 else ""
    if wanted:
        _bake_all(wanted, results)
    seconds = time.monotonic() - begun
    say(f"{len(wanted)} of {len(buildable)} images built in {seconds:.0f} s, the others are as they were")
    _remember(results)
    return results


def _changed(variants: list[Variant], results: dict[str, Built]) -> list[Variant]:
    """The variants whose image is not what it was built as, or was built from something else."""
    here = engine.images()
    now = fingerprint.fingerprints([*apps.variants(), *taught.variants()], here)
    before = recorded()
    changed = []
    for variant in variants:
        result, old = results[variant.image], before.get(variant.image)
        result.fingerprint = now[variant.image]
        result.identity = here.get(variant.image, "")
        if old and old.error and old.fingerprint == result.fingerprint and _must_fail(variant):
            result.error = old.error
            continue
        same = old and result.identity and (old.identity, old.fingerprint) == (result.identity, result.fingerprint)
        if not same or (old and old.error):
            changed.append(variant)
    return changed


def _must_fail(variant: Variant) -> bool:
    """Whether a variant is there to show what does not build."""
    return (variant.lesson, variant.name) == ("builds", "bad")


def _bake_all(variants: list[Variant], results: dict[str, Built]) -> None:
    apps = [variant for variant in variants if not variant.lesson]
    taught = [variant for variant in variants if variant.lesson]
    groups = [apps] if apps else []
    groups += [taught[first : first + AT_ONCE] for first in range(0, len(taught), AT_ONCE)]
    records = [_bake_group(group, results) for group in groups]
    steps = [step for record in records for step in record.steps.values()]
    ran = sum(1 for step in steps if not step.cached and not step.name.startswith("[internal]"))
    say(f"{ran} steps ran, the others came from the cache")
    here = engine.images()
    for variant in variants:
        results[variant.image].identity = here.get(variant.image, "")


def _bake_group(variants: list[Variant], results: dict[str, Built]) -> Record:
    """Build variants in one graph; where that fails, each alone, to know which of them it was."""
    apps = ", ".join(sorted({variant.app for variant in variants if not variant.lesson}))
    with saying(f"building images of {apps}" if apps else f"building {len(variants)} images of lessons"):
        record = _bake_variants(variants)
    if record.code != 0 and LOST_TRACK in record.words:
        record = _bake_variants(variants, quiet=True)
    if record.code != 0:
        say(f"a build failed: {record.failure}")
        for variant in variants:
            alone = _bake_variants([variant], quiet=True)
            if alone.code != 0:
                results[variant.image].error = alone.failure
                say(f"{variant} does not build")
    return record


def _bake_variants(variants: list[Variant], *, quiet: bool = False) -> Record:
    names = [variant.bake for variant in variants]
    if not any(variant.lesson for variant in variants):
        return bake.bake(f"--set=*.{PACKED}", *names, files=(BAKE,), folder=ROOT, quiet=quiet)
    stdin = json.dumps(taught.bake_file())
    return bake.bake(f"--set=*.{PACKED}", *names, files=(BAKE, "-"), folder=ROOT, stdin=stdin, quiet=quiet)


def _remember(results: dict[str, Built]) -> None:
    # Another process may have built others meanwhile.
    with whole.locked(RECORD.with_suffix(".lock")):
        kept = {**recorded(), **results}
        whole.write(RECORD, json.dumps([asdict(built) for built in kept.values()], indent=1).encode())


def recorded() -> dict[str, Built]:
    """What became of each variant when it was built last, by image name."""
    try:
        written = RECORD.stat()
    except FileNotFoundError:
        return {}
    return _read(RECORD, written.st_ino, written.st_mtime_ns)


@functools.lru_cache(maxsize=1)
def _read(file: Path, *_version: int) -> dict[str, Built]:
    """The rows of a record, read once for each time that it was written: thousands of rules ask for one of them."""
    return whole.read(file, _rows) or {}


def _rows(content: bytes) -> dict[str, Built]:
    return {row["image"]: Built(**row) for row in json.loads(content)}


def with_outcome(variant: Variant) -> Variant:
    """A variant that knows what became of building it."""
    built = recorded().get(variant.image)
    return replace(variant, outcome=Outcome(built.error, built.unbuildable) if built else None)
