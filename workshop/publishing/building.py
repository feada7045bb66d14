"""Building what is published: an archive for each image, with all that a registry is given, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll import engine, inputs
from plimsoll.errors import PlimsollError
from plimsoll.facts.build import bake, oci
from plimsoll.say import saying
from workshop import bases, build, foreign_bases, sboms
from workshop.publishing import contents, tags
from workshop.root import BUILD, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from workshop.publishing.plan import Image, Plan
    from workshop.publishing.source import Source

FOLDER = BUILD / "publishing"

# With every time set to the commit's, and packed as a registry gets it.
OUTPUT = "type=oci,rewrite-timestamp=true,compression=gzip,force-compression=true"
PROVENANCE = "type=provenance,mode=max,version=v1"


def archive(image: Image, source: Source) -> Path:
    """Where the archive of an image is, once it is built: another for whatever is built otherwise."""
    made_from = inputs.digest(
        settings=_settings(image, source), sbom=_sbom(image, source), generator=inputs.images([sboms.GENERATOR])
    )
    return FOLDER / f"{image.app}-{source.short}-{made_from[:12]}.tar"


def archives(plan: Plan) -> dict[str, oci.Archive]:
    """Have the archive of each image, by its app; those that are there stay as they are.

    Raises:
        PlimsollError: something does not build, or what is built must not be published.

    """
    if (store := engine.found().image_store) != "containerd":
        raise PlimsollError(
            f"the engine keeps images in {store}, where they have another digest than in a registry",
            'have it use containerd\'s store: `{"features": {"containerd-snapshotter": true}}` in its daemon.json',
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    sboms.ensure_generator()
    bases.ensure(bases.wanted(image.variant for image in plan.images))
    files = {image.app: archive(image, plan.source) for image in plan.images}
    if missing := [image for image in plan.images if not files[image.app].exists()]:
        _warm(missing, plan.source)
        for image in missing:
            _build(image, plan.source, files[image.app])
    made = {app: oci.Archive(file) for app, file in files.items()}
    for image in plan.images:
        contents.require_told(image, made[image.app])
        contents.require_no_login(image, made[image.app])
    return made


def _warm(images: list[Image], source: Source) -> None:
    """Have the builder's cache know every step, where a proxy is needed: provenance would tell it, password and all.

    What a build is told of proxies decides nothing about its steps, so the same build without them takes no step.
    """
    if not engine.proxies():
        return
    targets = [image.variant.bake for image in images]
    settings = [
        each for image in images for each in (*_settings(image, source), f"{image.variant.bake}.output=type=cacheonly")
    ]
    with saying("building what needs a proxy"):
        record = bake.bake(*(f"--set={each}" for each in settings), *targets, files=(build.BAKE,), folder=ROOT)
    if record.code != 0:
        raise PlimsollError(f"{', '.join(targets)} is not built: {record.failure}", "fix it, then run this again")


def _build(image: Image, source: Source, file: Path) -> None:
    unfinished = file.with_suffix(".part")
    target = image.variant.bake
    attests = [PROVENANCE, _sbom(image, source)]
    settings = [*_settings(image, source), f"{target}.output={OUTPUT},dest={unfinished}"]
    settings += [f"{target}.attest={each}" for each in attests]
    with saying(f"building {image.app} for {', '.join(image.platforms)}"):
        record = bake.bake(
            *(f"--set={each}" for each in settings), target, files=(build.BAKE,), folder=ROOT, proxies=False
        )
    if record.code != 0:
        raise PlimsollError(f"{image.app} is not built: {record.failure}", "fix it, then run this again")
    unfinished.rename(file)


def _sbom(image: Image, source: Source) -> str:
    return sboms.attestation(image.app, source.label, source.created)


def _settings(image: Image, source: Source) -> list[str]:
    """What is set of the target that builds an image, but for where it goes."""
    contexts: dict[str, str] = {}
    for platform in image.platforms[1:]:
        contexts |= foreign_bases.contexts(image.variant, platform.rpartition("/")[2])
    settings = [
        f"platform={','.join(image.platforms)}",
        f"tags={image.repository}:{source.version or tags.EDGE}",
        *(f"args.{name}={value}" for name, value in contents.arguments(source).items()),
        f"args.SOURCE_DATE_EPOCH={source.seconds}",
        *(f"contexts.{name}={base}" for name, base in contexts.items()),
        *(f"annotations=index,manifest:{name}={value}" for name, value in contents.labels(image, source).items()),
    ]
    return [f"{image.variant.bake}.{each}" for each in settings]
