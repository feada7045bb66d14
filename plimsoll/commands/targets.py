"""What `plimsoll check` is pointed at, as subjects that rules can judge: folders, trees, files, images, archives.

All is only read here: what its text says is told before anything is built, and where nothing can be.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import composition, waiving
from plimsoll.commands import discovery, dockerfiles
from plimsoll.commands.dockerfiles import NoStageError
from plimsoll.commands.places import STDIN
from plimsoll.errors import PlimsollError, UnreadableError
from plimsoll.facts.text import arguments
from plimsoll.parsing.dockerfile import MOST
from plimsoll.say import say, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from plimsoll.commands.options import Options
    from plimsoll.composition import Composition
    from plimsoll.expectations import Expectations
    from plimsoll.pairing import Subject
    from plimsoll.subject import Variant

LAYOUT = "oci-layout"
"""The file that only a folder has which is an image."""

CONFIGURATION = "plimsoll.toml"

IS_PATH = re.compile(r"^(?:\.{0,2}/|~)|\.(?:tar|tgz|ya?ml)$|\.tar\.\w+$")
"""What no image's name is like."""


@dataclass(frozen=True)
class Subjects:
    """What is judged together.

    Attributes:
        variants: the images that Dockerfiles are there to give; they are not built yet.
        compositions: the compose files.
        images: the names of images, and the paths of archives, which are not read yet.
        mistakes: what of them, or of their configuration, can't be read, and so does not count.
        names: those that a plimsoll.toml may have for a variant, by its path.

    """

    variants: list[Variant] = field(default_factory=list)
    compositions: list[Composition] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    mistakes: list[PlimsollError] = field(default_factory=list)
    names: dict[Path, set[str]] = field(default_factory=dict)

    @property
    def every(self) -> list[Subject]:
        """All that can be read."""
        return [*self.variants, *self.compositions]

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note why something can't be judged, and go on."""
        try:
            yield
        except PlimsollError as error:
            self.mistakes.append(error)

    def configured(self, file: Path | None) -> Expectations | None:
        """What a plimsoll.toml says, None where there is none; its mistakes are noted."""
        given, mistakes = _configured(file) if file else (None, ())
        self.mistakes.extend(each for each in mistakes if each not in self.mistakes)
        return given


@functools.cache
def _configured(file: Path) -> tuple[Expectations, tuple[PlimsollError, ...]]:
    # Not before: what reads it takes long to load.
    from plimsoll.commands import configuration  # noqa: PLC0415

    given, mistakes = configuration.read(file)
    return given, tuple(mistakes)


def subjects(targets: Sequence[str], options: Options, scratch: Path | None = None) -> Subjects:
    """What of folders, files and images is judged; text is read, and no engine is asked for that.

    What can't be read keeps nothing else from being judged.

    Args:
        targets: folders, Dockerfiles, compose files, archives, names of images, and `-` for standard input.
        options: how.
        scratch: an empty folder, in which a Dockerfile from standard input is put; None where there is no such target.

    Raises:
        PlimsollError: the options do not go together.

    """
    found = Subjects()
    if options.file and not (len(targets) == 1 and Path(targets[0]).is_dir()):
        raise PlimsollError("--file names the Dockerfile of one folder", "name that folder alone")
    for target in targets:
        with found.noting():
            _add(found, target, options, scratch)
    if found.variants:
        # Another has it.
        found.mistakes[:] = [each for each in found.mistakes if not isinstance(each, NoStageError)]
    for subject in found.every:
        found.mistakes.extend(waiving.mistakes(subject))
    for file, names in found.names.items():
        for line in _configured(file)[0].misspelt(names):
            tell(line)
    _tell_unused(found, options)
    return found


def _tell_unused(found: Subjects, options: Options) -> None:
    """Tell of build arguments that nothing can use, as `docker build` does."""
    steps = [step for each in found.variants for step in each.dockerfile.instructions if step.keyword == "ARG"]
    declared = {name for step in steps for name in step.pairs}
    for name, _ in options.given.arguments:
        if found.variants and name not in declared and not arguments.is_known(name):
            tell(f"--build-arg={name} is used by nothing: no ARG of a Dockerfile that is judged declares {name}")


def _add(found: Subjects, target: str, options: Options, scratch: Path | None) -> None:
    path = Path(target)
    if target == STDIN and scratch:
        _add_stdin(found, options, scratch)
    elif not path.exists():
        if IS_PATH.search(target) or discovery.is_dockerfile(path.name):
            raise UnreadableError(f"{target} is not there", "name a folder, a Dockerfile, an archive or an image")
        found.images.append(target)
    elif not (path.is_file() or path.is_dir()):
        raise UnreadableError(f"{target} is neither a file nor a folder", "name one, or `-` for standard input")
    elif _is_archive(path):
        found.images.append(target)
    elif options.file:
        _add_dockerfile(found, Path(options.file).absolute(), path.resolve(), options)
    elif path.is_dir():
        _add_all(found, _discovered(path, options), options)
    elif path.suffix in composition.YAML:
        _add_all(found, discovery.Found(compositions=[composition.at(path.resolve())]), options)
    else:
        _add_all(found, discovery.Found([path.resolve()]), options)


def _add_stdin(found: Subjects, options: Options, scratch: Path) -> None:
    """Add the Dockerfile that standard input holds, in a file of a name by which people know it."""
    file = scratch / STDIN
    if file.exists():
        return
    file.write_bytes(sys.stdin.buffer.read(MOST + 1))
    try:
        found.variants.extend(dockerfiles.variants(file, scratch, found.configured(options.config), options))
    except UnreadableError as error:
        raise UnreadableError(error.cause.replace(str(file), "standard input"), error.remedy) from error


def _discovered(folder: Path, options: Options) -> discovery.Found:
    """What is to be judged of a folder, or of all of its tree."""
    found = discovery.in_tree(folder.resolve()) if options.recursive else discovery.in_folder(folder.resolve())
    if found.ignored:
        number, first = len(found.ignored), os.path.relpath(found.ignored[0])
        those = "1 file below {} is" if number == 1 else f"{number} files below {{}} are"
        say(f"{those.format(folder)} left out, which git ignores: {first}{' and others' if number > 1 else ''}")
    if not (found.dockerfiles or found.compositions):
        more = "" if options.recursive else ", or see what lies below it by -r"
        raise UnreadableError(f"no Dockerfile and no compose file is in {folder}", f"name a folder with one{more}")
    return found


def _add_all(found: Subjects, more: discovery.Found, options: Options) -> None:
    """Add files that are not there already."""
    known = {each.file for each in found.every}
    for each in more.compositions:
        if each.file not in known:
            given = found.configured(options.config or _beside(each.file.parent))
            found.compositions.append(replace(each, name=_named(each), expectations=given))
    contexts = _contexts(found.compositions)
    for file in more.dockerfiles:
        if file not in known:
            with found.noting():
                _add_dockerfile(found, file, contexts.get(file, file.parent), options)


def _named(composed: Composition) -> str:
    """A compose file as people say it: by its path from here, where it lies below."""
    here = Path.cwd()
    return str(composed.file.relative_to(here)) if composed.file.is_relative_to(here) else composed.name


def _add_dockerfile(found: Subjects, file: Path, context: Path, options: Options) -> None:
    configuration = options.config or _beside(context) or _beside(file.parent)
    variants = list(dockerfiles.variants(file, context, found.configured(configuration), options))
    found.variants.extend(variants)
    if configuration:
        stages = (stage.name for each in variants for stage in each.dockerfile.stages if stage.name)
        found.names.setdefault(configuration, set()).update(stages, (each.name for each in variants), {"image"})


def _beside(folder: Path) -> Path | None:
    file = folder / CONFIGURATION
    return file if file.exists() else None


def _contexts(compositions: Iterable[Composition]) -> dict[Path, Path]:
    """The folders from which compose files build Dockerfiles, where that is another than the Dockerfile's own."""
    readable = [each for each in compositions if not each.refused]
    if not readable:
        return {}
    # Not before: there is most often no compose file.
    from plimsoll.facts.text import services  # noqa: PLC0415

    builds = [services.build(each, name) for each in readable for name in each.services]
    return {each.file.resolve(): each.context.resolve() for each in reversed(builds) if each}


def _is_archive(path: Path) -> bool:
    """Whether a path leads to an image that somebody saved."""
    if path.is_dir() and not (path / LAYOUT).exists():
        return False
    if discovery.is_dockerfile(path.name) or path.suffix in composition.YAML:
        return False
    # What knows the others takes long to load.
    from plimsoll.facts.image import saved  # noqa: PLC0415

    return saved.is_one(path)
