"""What `plimsoll check` is pointed at, as subjects that rules can judge: a folder's stages and files, or an image.

A folder is only read here: what its text says is told before anything is built, and where nothing can be.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import DISTRIBUTION, composition, waiving
from plimsoll.errors import PlimsollError, UnreadableError
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.say import tell
from plimsoll.subject import Variant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.commands.options import Options
    from plimsoll.composition import Composition
    from plimsoll.expectations import Expectations
    from plimsoll.pairing import Subject
    from plimsoll.parsing.dockerfile import Stage

REPOSITORY = f"{DISTRIBUTION}/"
"""What the names of images begin with that are built only to be judged; they are removed afterwards."""

CONFIGURATION = "plimsoll.toml"
"""Where a folder says what is expected of what it holds."""

NAME = 12
"""Random letters that tell one run's images from another's of the same folder."""

LONGEST = 100
"""Letters of a folder's name that its images' names keep: an image's has 255 at most."""


@dataclass(frozen=True)
class Subjects:
    """What is judged together.

    Attributes:
        variants: the images; of a folder, they are not built yet.
        compositions: the compose files.
        mistakes: what of them, or of their configuration, can't be read, and so does not count.

    """

    variants: list[Variant] = field(default_factory=list)
    compositions: list[Composition] = field(default_factory=list)
    mistakes: list[PlimsollError] = field(default_factory=list)

    @property
    def every(self) -> list[Subject]:
        """All of them."""
        return [*self.variants, *self.compositions]


def subjects(target: str, options: Options) -> Subjects:
    """What of a folder or an image is judged; a folder is read, and no engine is asked for that.

    Args:
        target: the folder, or the image's name.
        options: how.

    Raises:
        PlimsollError: there is no such folder or image, or nothing in it can be read.

    """
    folder = Path(target)
    if folder.exists():
        return _of_folder(folder.resolve(), options)
    # Not before: it asks the engine, and takes long to load.
    from plimsoll.commands import images  # noqa: PLC0415

    given, mistakes = _configured(options.config)
    return Subjects([images.named(target, given, options)], mistakes=mistakes)


def _of_folder(folder: Path, options: Options) -> Subjects:
    file = folder if folder.is_file() else folder / "Dockerfile"
    beside = file.with_name(CONFIGURATION)
    given, mistakes = _configured(options.config or (beside if beside.exists() else None))
    compositions = [replace(each, expectations=given) for each in composition.beside(file.parent)]
    variants: list[Variant] = []
    if file.is_file() or not compositions:
        try:
            variants += _of_dockerfile(file, given, options)
        except UnreadableError as error:
            if not compositions:
                raise
            mistakes.append(error)
    if given and given.variant and variants:
        stages = {"image", *(stage.name for stage in variants[0].dockerfile.stages if stage.name)}
        for line in given.misspelt(stages):
            tell(line)
    found = Subjects(variants, compositions, mistakes)
    mistakes += [each for subject in found.every for each in waiving.mistakes(subject)]
    return found


def _configured(file: Path | None) -> tuple[Expectations | None, list[PlimsollError]]:
    """What a plimsoll.toml says, None where there is none, and its mistakes."""
    if file is None:
        return None, []
    # Not before: what reads it takes long to load.
    from plimsoll.commands import configuration  # noqa: PLC0415

    return configuration.read(file)


def _of_dockerfile(file: Path, given: Expectations | None, options: Options) -> Iterator[Variant]:
    """The images that a Dockerfile is there to give, as far as reading tells."""
    dockerfile = Dockerfile.read(file)
    folder = file.parent
    repository = f"{REPOSITORY}{_repository(folder.name)}-{uuid.uuid4().hex[:NAME]}"
    for stage in _targets(dockerfile):
        by_name = None if given and stage.name in given.variant else False
        variant = Variant(
            app=folder.name,
            name=stage.name or "image",
            image=f"{repository}:{stage.name.lower() or 'image'}",
            folder=folder,
            file=file,
            target=stage.name or None,
            deployed=not options.development if stage is dockerfile.last else by_name,
            isolated=not options.network,
        )
        yield replace(variant, expectations=given) if given else variant


def _targets(dockerfile: Dockerfile) -> list[Stage]:
    """The stages that a Dockerfile is there to give: the last, and the named ones that no other is made from."""
    used = {each.index for stage in dockerfile.stages for each in dockerfile.needed(stage) if each is not stage}
    leaves = [stage for stage in dockerfile.stages if stage.name and stage.index not in used]
    return [*(stage for stage in leaves if stage is not dockerfile.last), dockerfile.last]


def _repository(name: str) -> str:
    """A folder's name as a part of an image's; who judges the same folder beside this run has another end of it."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return "-".join(filter(None, kept[:LONGEST].split("-"))) or "image"
