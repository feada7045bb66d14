"""What `plimsoll check` is pointed at, as subjects that rules can judge: a folder's stages, built, or an image."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError

from plimsoll import DISTRIBUTION, composition, engine, expectations, pulls, references
from plimsoll.commands import bases, configuration
from plimsoll.errors import PlimsollError
from plimsoll.facts.build import bake
from plimsoll.facts.image import image
from plimsoll.facts.run import readiness
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.say import say, saying, tell
from plimsoll.subject import Outcome, Variant

if TYPE_CHECKING:
    from plimsoll.commands.options import Options
    from plimsoll.composition import Composition
    from plimsoll.expectations import Expectations
    from plimsoll.parsing.dockerfile import Stage

REPOSITORY = f"{DISTRIBUTION}/"
"""What the names of images begin with that are built only to be judged; they are removed afterwards."""

NAME = 12
"""Random letters that tell one run's images from another's of the same folder."""

LONGEST = 100
"""Letters of a folder's name that its images' names keep: an image's has 255 at most."""


@dataclass(frozen=True)
class Subjects:
    """What is judged together.

    Attributes:
        variants: the images.
        compositions: the compose files.
        made: names of images that were built only for this.
        mistakes: what of their configuration can't be understood, and so does not count.

    """

    variants: list[Variant]
    compositions: list[Composition] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    mistakes: list[PlimsollError] = field(default_factory=list)


def subjects(target: str, made: list[str], options: Options) -> Subjects:
    """What of a folder or an image is judged; a folder's stages are built.

    Args:
        target: the folder, or the image's name.
        made: where the names of images are noted that were built only for this, also where this fails half-way.
        options: how.

    Raises:
        PlimsollError: there is no such folder or image, or what it holds can't be read.

    """
    folder = Path(target)
    if folder.exists():
        return _of_folder(folder.resolve(), made, options)
    if not _is_here(target):
        raise PlimsollError(
            f"there is no folder and no image {target} here",
            "name a folder with a Dockerfile, or build or pull the image first",
        )
    given, mistakes = configuration.read(options.config)
    return Subjects([_of_image(target, given, options)], mistakes=mistakes)


def _is_here(name: str) -> bool:
    try:
        engine.client().images.get(name)
    except APIError:
        return False
    return True


def _of_image(name: str, given: Expectations, options: Options) -> Variant:
    facts = image.read(name)
    application = not (options.base or bases.is_one(facts))
    if not application:
        say(f"{name} is judged as an image that others build on: what is asked of a deployed one is not asked of it")
    given = _expectations(given, facts, options)
    patience, start_period = _patience(facts, options)
    return Variant(
        app=name,
        name=given.likely(references.parse(name).tag),
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


def _patience(facts: image.Image, options: Options) -> tuple[float, float]:
    """How long its containers may take to be ready: what was asked for, else what its own health check grants."""
    patience, start_period = readiness.declared(facts.config.get("Healthcheck") or {})
    if options.patience is not None:
        patience, start_period = options.patience, min(start_period, options.patience)
    return patience, start_period


def _expectations(given: Expectations, facts: image.Image, options: Options) -> Expectations:
    """What plimsoll.toml says, and where it says nothing what the image says of itself."""
    port = given.port or next(iter(facts.ports), None)
    environment = given.environment | options.environment
    serves = given.serves and port is not None
    return given.model_copy(update={"port": port, "serves": serves, "environment": environment})


def _of_folder(folder: Path, made: list[str], options: Options) -> Subjects:
    file = folder if folder.is_file() else folder / "Dockerfile"
    folder = file.parent
    beside = folder / expectations.FILE
    given, mistakes = configuration.read(options.config or (beside if beside.exists() else None))
    compositions = [replace(each, expectations=given) for each in composition.beside(folder)]
    if not file.is_file() and compositions:
        return Subjects([], compositions, mistakes=mistakes)
    dockerfile = Dockerfile.read(file)
    missing = {name: why for name in dockerfile.bases if (why := pulls.missing(name))}
    for name, why in missing.items():
        tell(f"{file}:{dockerfile.bases[name]} needs {name}, which can't be had: {why}")
    variants = []
    repository = f"{REPOSITORY}{_repository(folder.name)}-{uuid.uuid4().hex[:NAME]}"
    for stage in _targets(dockerfile):
        by_name = None if stage.name in given.variant else False
        variant = Variant(
            app=folder.name,
            name=stage.name or "image",
            image=f"{repository}:{stage.name.lower() or 'image'}",
            folder=folder,
            file=file,
            target=stage.name or None,
            expectations=given,
            deployed=not options.development if stage is dockerfile.last else by_name,
            isolated=not options.network,
        )
        stand_ins = [name for name in dockerfile.bases if name not in missing and pulls.stands_in(name)]
        if missing:
            outcome = Outcome(unbuildable=f"base {', '.join(missing)} can't be had")
        elif variant.expected.needs and stand_ins:
            reason = f"needs {variant.expected.needs}, and {', '.join(stand_ins)} is a stand-in here"
            outcome = Outcome(unbuildable=reason)
        else:
            # Before: a build that is interrupted may have come to its end.
            made.append(variant.image)
            outcome = Outcome(error=_built(variant))
        if not outcome.error and not outcome.unbuildable:
            facts = image.read(variant.image)
            ports = () if variant.expected.port else tuple(facts.ports)
            given_here = _expectations(given, facts, options)
            patience, start_period = _patience(facts, options)
            variant = replace(
                variant, expectations=given_here, ports=ports, patience=patience, start_period=start_period
            )
        variant = replace(variant, outcome=outcome)
        variants.append(variant)
    return Subjects(variants, compositions, made, mistakes)


def _targets(dockerfile: Dockerfile) -> list[Stage]:
    """The stages that a Dockerfile is there to give: the last, and the named ones that no other is made from."""
    used = {each.index for stage in dockerfile.stages for each in dockerfile.needed(stage) if each is not stage}
    leaves = [stage for stage in dockerfile.stages if stage.name and stage.index not in used]
    return [*(stage for stage in leaves if stage is not dockerfile.last), dockerfile.last]


def _repository(name: str) -> str:
    """A folder's name as a part of an image's; who judges the same folder beside this run has another end of it."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return "-".join(filter(None, kept[:LONGEST].split("-"))) or "image"


def _built(variant: Variant) -> str:
    """Build one target under its passing name; why it does not build, empty where it does."""
    target = {
        "context": str(variant.folder),
        "dockerfile": str(variant.file),
        "tags": [variant.image],
        **({"target": variant.target} if variant.target else {}),
    }
    with saying(f"building {variant.app}:{variant.name}"):
        record = bake.bake(
            "--allow=fs.read=*",
            "subject",
            files=("-",),
            folder=variant.file.parent if variant.file else Path.cwd(),
            stdin=json.dumps({"target": {"subject": target}}),
        )
    return record.failure if record.code != 0 else ""
