"""The images that a Dockerfile is there to give, as far as reading tells."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import DISTRIBUTION
from plimsoll.commands import discovery
from plimsoll.commands.places import STDIN
from plimsoll.errors import UnreadableError
from plimsoll.parsing.dockerfile import Dockerfile, is_development
from plimsoll.subject import Variant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.commands.options import Options
    from plimsoll.expectations import Expectations
    from plimsoll.parsing.dockerfile import Stage

REPOSITORY = f"{DISTRIBUTION}/"
"""What the names of images begin with that are built only to be judged; they are removed afterwards."""

NAME = 12
"""Random letters that tell one run's images from another's of the same folder."""

LONGEST = 100
"""Letters of a folder's name that its images' names keep: an image's has 255 at most."""


class NoStageError(UnreadableError):
    """A Dockerfile has not the stage that is wanted of any."""


def variants(file: Path, folder: Path, given: Expectations | None, options: Options) -> Iterator[Variant]:
    """The images that a Dockerfile is there to give.

    Args:
        file: where it is.
        folder: from which it is built.
        given: what a plimsoll.toml says, None where there is none.
        options: how it is judged.

    Raises:
        UnreadableError: it can't be read, or has no stage of the name that is asked for.

    """
    dockerfile = Dockerfile.read(file, dict(options.given.arguments))
    repository = f"{REPOSITORY}{_repository(folder.name)}-{uuid.uuid4().hex[:NAME]}"
    for stage in _wanted(dockerfile, options.target) if options.target else _targets(dockerfile):
        name = stage.name or discovery.variant(file.name) or "image"
        by_name = None if options.target or (given and name in given.variant) else False
        is_deployed = stage is dockerfile.last and (stage.name or not is_development(name))
        variant = Variant(
            app=_shown(file, folder),
            name=name,
            image=f"{repository}:{_repository(name)}",
            folder=folder,
            file=file,
            target=stage.name or (str(stage.index) if options.target else None),
            given=options.given,
            deployed=not options.development if is_deployed else by_name,
            isolated=not options.network,
            contextless=file.name == STDIN,
        )
        yield replace(variant, expectations=given) if given else variant


def _wanted(dockerfile: Dockerfile, target: str) -> list[Stage]:
    """The stage that was asked for."""
    if stage := dockerfile.stage(target):
        return [stage]
    names = ", ".join(stage.name for stage in dockerfile.stages if stage.name) or "its last alone, without a name"
    raise NoStageError(f"{dockerfile.path} has no stage `{target}`", f"it has {names}")


def _targets(dockerfile: Dockerfile) -> list[Stage]:
    """The stages that a Dockerfile is there to give: the last, and the named ones that no other is made from."""
    used = {each.index for stage in dockerfile.stages for each in dockerfile.needed(stage) if each is not stage}
    leaves = [stage for stage in dockerfile.stages if stage.name and stage.index not in used]
    return [*(stage for stage in leaves if stage is not dockerfile.last), dockerfile.last]


def _shown(file: Path, folder: Path) -> str:
    """What is built from a folder, as people say it: its path from here, and the Dockerfile of another name."""
    if file.name == STDIN:
        return STDIN
    here = Path.cwd()
    place = str(folder.relative_to(here)) if folder.is_relative_to(here) and folder != here else folder.name
    return place if discovery.is_plain(file.name) else f"{place}/{file.name}"


def _repository(name: str) -> str:
    """A folder's name as a part of an image's; who judges the same folder beside this run has another end of it."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return "-".join(filter(None, kept[:LONGEST].split("-"))) or "image"
