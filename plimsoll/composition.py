"""A compose file as `docker compose up` takes it: what rules about compositions judge."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from plimsoll import composing, lessons
from plimsoll.errors import PlimsollError
from plimsoll.parsing import ignores, positions
from plimsoll.waivers import in_comments, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plimsoll.expectations import Expectations
    from plimsoll.parsing.positions import Position, Step
    from plimsoll.waivers import Standing

NAME = re.compile(r"(docker-)?compose(?P<production>\.prod(uction)?)?\.ya?ml")
"""The names that compose looks for, and those in use for production; any other is part of one of these."""

YAML = {".yaml", ".yml"}

DEFAULTS = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""The names in the order in which compose looks for them; it takes the first alone."""

OVERRIDES = tuple(f"{name}.override.{end}" for name in ("compose", "docker-compose") for end in ("yml", "yaml"))
"""What it reads on top of it, unasked: the first of these, whatever the other's name is."""

SETTING = re.compile(r"(?m)^(?:export\s+)?(COMPOSE_\w+)\s*=\s*[\"']?([^\"'\n#]*)")
"""What a `.env` file beside says to compose itself."""


@dataclass(frozen=True)
class Composition:
    """One compose file, with those that are read with it.

    Attributes:
        file: where it is.
        name: `bad` or `good` for a lesson's; the file's name, or its path from where people look, for any other.
        lesson: the rule whose lesson it is part of, empty for any other.
        override: what is read on top of it, in this order.
        expectations: what a plimsoll.toml says of it, None where there is none.

    """

    file: Path
    name: str
    lesson: str = ""
    override: tuple[Path, ...] = ()
    expectations: Expectations | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """As people say it."""
        return f"{lessons.APP}{self.lesson}:{self.name}" if self.lesson else self.name

    @property
    def production(self) -> bool:
        """Whether it is meant for production: its name says so, or its lesson is about production."""
        return "prod" in self.file.name or self.lesson.startswith("production_")

    @functools.cached_property
    def files(self) -> tuple[Path, ...]:
        """All files that it is made from, each on top of the one before."""
        below = next((each for each in _named(self.file.parent) if each != self.file), None)
        if below and self.production and not self.override and composing.is_part(self.file):
            return (below, self.file)
        return (self.file, *self.override)

    @property
    def refused(self) -> str:
        """Why nothing in it can be judged here, empty where it can: compose does not accept it, or there is none."""
        try:
            composing.resolved(self.files)
        except PlimsollError as error:
            return str(error)
        return ""

    @functools.cached_property
    def exceptions(self) -> tuple[list[Standing], list[PlimsollError]]:
        """What it may break, and what is wrong with what is said of that.

        It is said as `waive` under `x-plimsoll`, in the file or in a service; in comments; and in plimsoll.toml.
        """
        found = self.expectations.waivers_of_services() if self.expectations else []
        wrong: list[PlimsollError] = []
        if self.refused:
            # Nothing in it is judged, and it may be anything.
            return found, wrong
        for file, service, holder in [] if self.lesson else self._holders():
            table = holder.at("x-plimsoll", "waive")
            for rule, place in table.entries() if table.steps == 2 else []:
                more = standing({rule: table.table[rule]}, f"{file}:{place.line}", service=service)
                found += more[0]
                wrong += more[1]
        for file in [] if self.lesson else dict.fromkeys(file for file, _ in self._documents):
            more = in_comments(file, ignores.in_yaml(file.read_text(encoding="utf-8-sig")))
            found += more[0]
            wrong += more[1]
        return found, wrong

    def _holders(self) -> Iterator[tuple[Path, str, Position]]:
        """All that may hold exceptions: the file, the service that it is, empty for none, and its keys."""
        for file, document in self._documents:
            yield file, "", document
            services = document.at("services")
            for name, service in services.entries() if services.steps else []:
                yield file, name, service

    @property
    def document(self) -> dict[str, Any]:
        """All of it, resolved: anchors, short forms, defaults.

        Raises:
            PlimsollError: compose does not accept the file; its own words are the cause.

        """
        return composing.resolved(self.files)[0]

    @property
    def warnings(self) -> list[str]:
        """What compose warns of when it reads the file."""
        return composing.resolved(self.files)[1]

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """Its services by name."""
        return cast("dict[str, dict[str, Any]]", self.document.get("services") or {})

    @property
    def profiles(self) -> set[str]:
        """The profiles that are on unless others are asked for: those that a `.env` file names."""
        named = _settings(self.file.parent).get("COMPOSE_PROFILES", "")
        return {each.strip() for each in named.split(",") if each.strip()}

    @property
    def jobs(self) -> set[str]:
        """The services that do their work and end: others wait for that."""
        waits = (wait for spec in self.services.values() for wait in (spec.get("depends_on") or {}).items())
        return {name for name, wait in waits if wait["condition"] == "service_completed_successfully"}

    def place(self, service: str, *path: Step) -> str:
        """Where a path of keys and items stands in a service, as far as it is found, as `file:line`."""
        file, found = self._found(("services", service), path)
        return f"{file}:{found.line}"

    def place_of(self, *path: Step) -> str:
        """Where a path of keys stands in the file, or in one that it includes."""
        file, found = self._found((), path)
        return f"{file}:{found.line}"

    def written(self, service: str, *path: Step) -> str | None:
        """What is written at a path of a service, nothing resolved; None where nothing is."""
        _, found = self._found(("services", service), path)
        return found.text if found.steps == len(path) else None

    def service_of(self, place: str, words: str) -> str:
        """The service that words found at a place are about: the one that they name, or else the one that is there.

        Where they name several, it is the one of them that is there: an anchor stands in one, and others refer to it.
        """
        named = [word for word in dict.fromkeys(re.findall(r"[\w.-]*\w", words)) if word in self.services]
        here = self._service_at(place)
        return here if here in named or not named else named[0]

    def _service_at(self, place: str) -> str:
        """The service in whose lines a place is, empty for none."""
        name, _, line = place.rpartition(":")
        for file, document in self._documents if line.isdecimal() else []:
            services = document.at("services")
            last = services.node.end_mark.line if services.steps and services.node else 0
            begun = [(each.line, key) for key, each in services.entries() if each.line <= int(line) <= last]
            if str(file) == name and begun:
                return max(begun)[1]
        return ""

    def _found(self, start: tuple[str, ...], path: tuple[Step, ...]) -> tuple[Path, Position]:
        candidates = [(file, each.at(*path)) for file, each in self._beginnings(start)]
        return max(candidates, key=lambda each: (each[1].steps, each[1].likeness), default=self._first)

    @property
    def _first(self) -> tuple[Path, Position]:
        return self.file, positions.Position(1, None)

    def _beginnings(self, start: tuple[str, ...]) -> Iterator[tuple[Path, Position]]:
        """All that defines a service, or the file itself, what is read last first."""
        if not start:
            yield from self._documents
        for file, services in self._written if start else []:
            if found := services.get(start[1]):
                yield from _extended(file, found, self.file.parent, {file})

    @functools.cached_property
    def _written(self) -> list[tuple[Path, dict[str, Position]]]:
        """The services as each document writes them."""
        return [
            (file, dict(reversed([*document.at("services").entries()])) if document.at("services").steps else {})
            for file, document in self._documents
        ]

    @functools.cached_property
    def _documents(self) -> list[tuple[Path, Position]]:
        """The documents of all its files, what is read last first, included ones after all."""
        waiting, seen, found = [*self.files], set(self.files), []
        included: list[Path] = []
        while waiting or included:
            file = waiting.pop() if waiting else included.pop(0)
            for document in reversed(positions.documents(file)):
                found.append((file, document))
                more = [path for path in _included(file, document) if path not in seen]
                seen.update(more)
                included += more
        return found


def _included(file: Path, document: Position) -> Iterator[Path]:
    """The files that a document includes."""
    include = document.at("include")
    if include.steps:
        yield from (path for word in positions.words(include.node) if (path := file.parent / word).is_file())


def _extended(file: Path, service: Position, folder: Path, seen: set[Path]) -> Iterator[tuple[Path, Position]]:
    """A service, and after it those that it extends."""
    yield file, service
    given = dict(service.entries()).get("extends")
    if given is None:
        return
    said = dict(given.entries())
    name = said["service"].text if "service" in said else given.text
    paths = [start / said["file"].text for start in (file.parent, folder)] if "file" in said else []
    other = next((path for path in paths if path.is_file()), file)
    for document in positions.documents(other):
        found = document.at("services", name)
        if found.steps == 2 and len(seen) < 20:
            yield from _extended(other, positions.Position(found.line, found.node), folder, {*seen, other})


@functools.cache
def _settings(folder: Path) -> dict[str, str]:
    """What a `.env` file says to compose itself."""
    file = folder / ".env"
    return dict(SETTING.findall(file.read_text(errors="replace"))) if file.is_file() else {}


def _named(folder: Path) -> list[Path]:
    """The files of a folder that compose takes by their names, those for production left out."""
    paths = [path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.is_file()]
    return sorted(path for path in paths if "prod" not in path.name)


def beside(folder: Path) -> list[Composition]:
    """The compose files of a folder as `docker compose up` takes them, those for production last."""
    named = {path: found for path in folder.iterdir() if (found := NAME.fullmatch(path.name)) and path.is_file()}
    ordered = sorted(named, key=lambda path: (bool(named[path]["production"]), path.name))
    taken = _taken(folder)
    if taken and taken[0] not in ordered:
        ordered = [taken[0], *ordered]
    return [Composition(path, path.name, override=taken[1:] if taken[:1] == (path,) else ()) for path in ordered]


def at(file: Path) -> Composition:
    """A compose file of any name, with what is read on top of it where compose takes it by its name."""
    return next((each for each in beside(file.parent) if each.file == file), Composition(file, file.name))


def _taken(folder: Path) -> tuple[Path, ...]:
    """The files that a plain `docker compose up` in a folder reads; none where it has none."""
    settings = _settings(folder)
    chosen = settings.get("COMPOSE_FILE", "").strip().split(settings.get("COMPOSE_PATH_SEPARATOR", ":"))
    if all(chosen):
        paths = tuple(folder / each for each in chosen)
        return paths if all(path.is_file() for path in paths) else ()
    first = [path for name in DEFAULTS if (path := folder / name).is_file()]
    return (*first[:1], *[path for name in OVERRIDES if first and (path := folder / name).is_file()][:1])
