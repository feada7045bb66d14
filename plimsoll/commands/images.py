"""The images that are judged: that the engine has, that an archive holds, or that are built of a folder for that."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import engine, expectations, pulls, references, sdk
from plimsoll.commands import bases
from plimsoll.commands.options import DEPTHS
from plimsoll.errors import PlimsollError
from plimsoll.facts.build import bake
from plimsoll.facts.image import image, platforms, saved
from plimsoll.facts.run import readiness
from plimsoll.say import say, saying
from plimsoll.subject import Archive, Outcome, Variant

if TYPE_CHECKING:
    from plimsoll.commands.options import Options
    from plimsoll.expectations import Expectations


def named(name: str, given: Expectations | None, options: Options) -> Variant:
    """An image that the engine has.

    Args:
        name: its name.
        given: what a plimsoll.toml says of it, None where there is none.
        options: how it is judged.

    Raises:
        PlimsollError: there is none, or no engine answers, or it is too old.

    """
    # It has been built: the plugins are not asked, which takes longer than the rules.
    engine.info()
    if not _is_here(name):
        raise PlimsollError(
            f"there is no folder and no image {name} here",
            "name a folder with a Dockerfile, build or pull the image first, or name it with its registry and tag",
        )
    facts = image.read(name)
    platform = options.given.platform
    if platform and platforms.parse(platform) != facts.platform:
        raise PlimsollError(f"image {name} is for {facts.platform}, not for {platform}", "pull it for that platform")
    return _made(facts, name, given, options)


def published(name: str, given: Expectations | None, options: Options) -> Variant | None:
    """An image that is read from its registry, which its name has to name; None for one that is the engine's.

    A digest means the same everywhere, so what is published under it is judged; of a tag the engine has its own idea.

    Args:
        name: its name.
        given: what a plimsoll.toml says of it, None where there is none.
        options: how it is judged.

    Raises:
        PlimsollError: the registry does not give it, or has none for the platform that is asked for.

    """
    reference = references.parse(name)
    host, _ = references.split(reference.repository)
    if not host or not (reference.digest or reference.tag) or (not reference.digest and _is_the_engines(name)):
        return None
    # Not before: what asks registries takes long to load.
    from plimsoll.facts.image import remote  # noqa: PLC0415

    with saying(f"reading {name} from {host}"):
        where, others = remote.found(reference, options.given.platform)
        facts = remote.read(where.repository, where.digest, name)
    if others:
        say(f"{name} is judged as it is for {facts.platform}; it is there for {others} too: choose one by --platform")
    here = options.depth == DEPTHS[-1] and _is_the_engines(name) and facts.platform == platforms.own()
    return replace(_made(facts, name, given, options), remote=replace(where, here=here))


def _is_the_engines(name: str) -> bool:
    """Whether an engine answers that has an image of a name."""
    try:
        engine.info()
    except PlimsollError:
        return False
    return _is_here(name)


def archived(path: Path, given: Expectations | None, options: Options) -> list[Variant]:
    """The images in an archive, or in a folder of OCI's layout, which no engine is asked for.

    Args:
        path: where it is.
        given: what a plimsoll.toml says of them, None where there is none.
        options: how they are judged.

    Raises:
        PlimsollError: it holds none, none for the platform that is asked for, or is damaged.

    """
    there = saved.images(path, options.given.platform)
    names = [f"{path} ({each.name or each.config})" if len(there) > 1 else str(path) for each in there]
    found = [(Archive(path, each.number, each.offer), name) for each, name in zip(there, names, strict=True)]
    return [
        replace(_made(saved.read(where.path, where.number), name, given, options), archive=where)
        for where, name in found
    ]


def _made(facts: image.Image, name: str, given: Expectations | None, options: Options) -> Variant:
    """An image that somebody else has made, as it is judged."""
    application = not (options.base or bases.is_one(facts))
    if not application:
        say(f"{name} is judged as an image that others build on: what is asked of a deployed one is not asked of it")
    given = expected(given or expectations.Expectations(), facts, options)
    patience, start_period = _patience(facts, options)
    return Variant(
        app=name,
        name=given.likely(references.parse(facts.name).tag),
        image=name,
        expectations=given,
        # Whatever its tag is: who names it asks about it, and `:dev` is deployed too often.
        deployed=application and not options.development,
        isolated=not options.network,
        starts=application,
        ports=tuple(facts.ports),
        outcome=Outcome(),
        patience=patience,
        start_period=start_period,
    )


def _is_here(name: str) -> bool:
    try:
        engine.client().images.get(name)
    except sdk.APIError:
        return False
    return True


def built(variant: Variant, made: list[str], options: Options) -> Variant:
    """An image of a folder, built, and what it says of itself; why it is not built, where it can't be.

    Args:
        variant: as it was read; one that needs no building is given back.
        made: where its name is noted, also where this fails half-way.
        options: how it is judged.

    """
    if variant.outcome is not None:
        return variant
    needed = _bases(variant)
    if missing := [name for name in needed if pulls.missing(name)]:
        return replace(variant, outcome=Outcome(unbuildable=pulls.told(missing)))
    stand_ins = [name for name in needed if pulls.stands_in(name)]
    if variant.expected.needs and stand_ins:
        reason = f"needs {variant.expected.needs}, and {', '.join(stand_ins)} is a stand-in here"
        return replace(variant, outcome=Outcome(unbuildable=reason))
    # Before: a build that is interrupted may have come to its end.
    made.append(variant.image)
    variant = replace(variant, outcome=Outcome(error=_built(variant)))
    if variant.has_no_image:
        return variant
    facts = image.read(variant.image)
    patience, start_period = _patience(facts, options)
    return replace(
        variant,
        expectations=expected(variant.expectations, facts, options),
        ports=() if variant.expected.port else tuple(facts.ports),
        patience=patience,
        start_period=start_period,
    )


def _bases(variant: Variant) -> list[str]:
    """The images from outside that a build of it takes: another stage's may be missing."""
    dockerfile = variant.dockerfile
    stages = dockerfile.needed(variant.stage)
    return list(dict.fromkeys(name for stage in stages for name, _ in dockerfile.outside(stage)))


def _built(variant: Variant) -> str:
    """Build one target under its passing name; why it does not build, empty where it does."""
    given = variant.given
    target = {
        "context": str(variant.folder),
        "dockerfile": str(variant.file),
        "tags": [variant.image],
        **({"target": variant.target} if variant.target else {}),
        "args": dict(given.arguments),
        "secret": list(given.secrets),
        "ssh": list(given.ssh),
        **({"platforms": [given.platform]} if given.platform else {}),
    }
    with saying(f"building {variant.app}:{variant.name}"):
        record = bake.bake(
            "--allow=fs.read=*",
            *(["--allow=ssh"] if given.ssh else []),
            "subject",
            files=("-",),
            folder=variant.file.parent if variant.file else Path.cwd(),
            stdin=json.dumps({"target": {"subject": target}}),
        )
    return record.failure if record.code != 0 else ""


def _patience(facts: image.Image, options: Options) -> tuple[float, float]:
    """How long its containers may take to be ready: what was asked for, else what its own health check grants."""
    patience, start_period = readiness.declared(facts.config.get("Healthcheck") or {})
    if options.patience is not None:
        patience, start_period = options.patience, min(start_period, options.patience)
    return patience, start_period


def expected(given: Expectations, facts: image.Image, options: Options) -> Expectations:
    """What plimsoll.toml says, and where it says nothing what the image says of itself."""
    port = given.port or next(iter(facts.ports), None)
    environment = given.environment | options.environment
    serves = given.serves and port is not None
    return given.model_copy(update={"port": port, "serves": serves, "environment": environment})
