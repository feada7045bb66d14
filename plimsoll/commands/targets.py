"""What `plimsoll check` is pointed at, as subjects that rules can judge: a folder's stages, built, or an image."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError

from plimsoll import engine
from plimsoll.builds import build
from plimsoll.errors import PlimsollError
from plimsoll.images import image
from plimsoll.project import bases, composition, expectations
from plimsoll.project.app import DEVELOPMENT, Variant
from plimsoll.project.dockerfile import Dockerfile
from plimsoll.say import saying

if TYPE_CHECKING:
    from plimsoll.project.composition import Composition
    from plimsoll.project.dockerfile import Stage
    from plimsoll.project.expectations import Expectations

REPOSITORY = "plimsoll-check/"
"""What the names of images begin with that are built only to be judged; they are removed afterwards."""

NAME = 12
"""Random letters that tell one run's images from another's of the same folder."""

LONGEST = 100
"""Letters of a folder's name that its images' names keep: an image's has 255 at most."""

SHELLS = {"sh", "bash", "ash", "dash", "zsh", "fish"}
INTERPRETERS = {"python", "python3", "node", "irb", "jshell", "php", "lua", "ghci", "julia", "psql"}
"""What an image starts that is there to be built on: started alone, it waits for somebody to type."""

PATIENCE = 20.0
"""Seconds that a container may take until it is ready, of which nobody here knows whether it ever will be."""


@dataclass(frozen=True)
class Options:
    """How a subject is judged.

    Attributes:
        base: as an image that others build on, which need not run anything.
        environment: what its containers are started with, beside what plimsoll.toml says.
        network: with containers that reach the network.
        patience: seconds that a container may take until it is ready.

    """

    base: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    network: bool = False
    patience: float = PATIENCE


@dataclass(frozen=True)
class Subjects:
    """What is judged together.

    Attributes:
        variants: the images.
        compositions: the compose files.
        made: names of images that were built only for this.

    """

    variants: list[Variant]
    compositions: list[Composition] = field(default_factory=list)
    made: list[str] = field(default_factory=list)


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
    return Subjects([_of_image(target, options)])


def _is_here(name: str) -> bool:
    try:
        engine.client().images.get(name)
    except APIError:
        return False
    return True


def _of_image(name: str, options: Options) -> Variant:
    facts = image.read(name)
    application = not (options.base or _is_a_base(facts))
    tag = name.rpartition("/")[2].partition(":")[2]
    build.OUTCOMES[name] = build.Built(name)
    return Variant(
        app=name,
        name=tag,
        image=name,
        expectations=_expectations(expectations.Expectations(), facts, options),
        production=application and tag not in DEVELOPMENT,
        isolated=not options.network,
        starts=application,
        patience=options.patience,
    )


def _is_a_base(facts: image.Image) -> bool:
    """Whether an image is there to be built on: it runs nothing, or only waits for somebody to type."""
    words = [Path(word).name for word in facts.entrypoint]
    alone = not words or (len(words) == 1 and words[0] in SHELLS | INTERPRETERS)
    # By name as well: whatever is built on a stand-in inherits its label.
    return alone or (bases.LABEL in facts.labels and facts.name.partition(":")[0] in bases.repositories())


def _expectations(given: Expectations, facts: image.Image, options: Options) -> Expectations:
    """What plimsoll.toml says, and where it says nothing what the image says of itself."""
    port = given.port or next(iter(facts.ports), None)
    environment = given.environment | options.environment
    serves = given.serves and port is not None
    return given.model_copy(update={"port": port, "serves": serves, "environment": environment})


def _of_folder(folder: Path, made: list[str], options: Options) -> Subjects:
    file = folder if folder.is_file() else folder / "Dockerfile"
    folder = file.parent
    compositions = composition.beside(folder)
    if not file.is_file() and compositions:
        return Subjects([], compositions)
    dockerfile = Dockerfile.read(file)
    given = expectations.read(folder)
    needed = {name: f"{file}:{line}" for name, line in dockerfile.bases.items()}
    have = {base.name: base for base in bases.ensure(needed, install=False)}
    variants = []
    repository = f"{REPOSITORY}{_repository(folder.name)}-{uuid.uuid4().hex[:NAME]}"
    for stage in _targets(dockerfile):
        variant = Variant(
            app=folder.name,
            name=stage.name or "image",
            image=f"{repository}:{stage.name.lower() or 'image'}",
            folder=folder,
            file=file,
            target=stage.name or None,
            expectations=given,
            production=True if stage is dockerfile.last else None if stage.name in given.variant else False,
            isolated=not options.network,
            patience=options.patience,
        )
        stand_ins = [name for name in dockerfile.bases if have[name].stand_in]
        outcome = build.Built(variant.image)
        if variant.expected.needs and stand_ins:
            outcome.unbuildable = f"needs {variant.expected.needs}, and {', '.join(stand_ins)} is a stand-in here"
        else:
            # Before: a build that is interrupted may have come to its end.
            made.append(variant.image)
            outcome.error = _built(variant)
        build.OUTCOMES[variant.image] = outcome
        if not outcome.error and not outcome.unbuildable:
            expected = _expectations(given, image.read(variant.image), options)
            variant = Variant(**{**vars(variant), "expectations": expected})
        variants.append(variant)
    return Subjects(variants, compositions, made)


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
        record = build.bake(
            "--allow=fs.read=*", "subject", files=("-",), stdin=json.dumps({"target": {"subject": target}})
        )
    return record.failure if record.code != 0 else ""
