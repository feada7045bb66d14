"""A compose file as compose itself resolves it: what rules about compositions judge."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from docker.errors import ImageNotFound

from plimsoll import engine, lessons
from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from pathlib import Path

NAME = re.compile(r"(docker-)?compose(?P<production>\.prod(uction)?)?\.ya?ml")
"""The names that compose looks for, and those in use for production; any other is part of one of these."""

LEAST_REASON = 10
"""Letters that a reason has, as in plimsoll.toml."""

TIMEOUT = 30
"""Seconds that compose may take to read a file."""

PART = "neither an image nor a build context"
"""What compose says of a service in a file that is only read on top of another."""

WARNING = re.compile(r'level=warning msg="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Composition:
    """One compose file.

    Attributes:
        file: where it is.
        name: `bad` or `good` for a lesson's, the file's name for any other.
        lesson: the rule whose lesson it is part of, empty for any other.

    """

    file: Path
    name: str
    lesson: str = ""

    def __str__(self) -> str:
        """As people say it."""
        return f"{lessons.APP}{self.lesson}:{self.name}" if self.lesson else self.name

    @property
    def production(self) -> bool:
        """Whether it is meant for production: its name says so, or its lesson is about production."""
        return "prod" in self.file.name or self.lesson.startswith("production_")

    @property
    def waived(self) -> dict[str, str]:
        """The rules that it may break, each with its reason: `waive` under `x-plimsoll` in the file.

        Raises:
            PlimsollError: one of them has no reason.

        """
        if self.lesson:
            return {}
        given = (self.document.get("x-plimsoll") or {}).get("waive") or {}
        for rule, reason in given.items():
            if len(str(reason or "")) < LEAST_REASON:
                raise PlimsollError(f"{self.file} waives {rule} for no reason", "write the reason after its name")
        return {rule: str(reason) for rule, reason in given.items()}

    @property
    def document(self) -> dict[str, Any]:
        """All of it, resolved: anchors, short forms, defaults.

        Raises:
            PlimsollError: compose does not accept the file; its own words are the cause.

        """
        return _resolved(self.file)[0]

    @property
    def warnings(self) -> list[str]:
        """What compose warns of when it reads the file."""
        return _resolved(self.file)[1]

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """Its services by name."""
        return cast("dict[str, dict[str, Any]]", self.document.get("services") or {})

    @property
    def jobs(self) -> set[str]:
        """The services that do their work and end: others wait for that."""
        waits = (wait for spec in self.services.values() for wait in (spec.get("depends_on") or {}).items())
        return {name for name, wait in waits if wait["condition"] == "service_completed_successfully"}

    def probed(self, service: str) -> bool | None:
        """Whether a service has a health check, its own or its image's; None where its image is not here to tell."""
        own = self.services[service].get("healthcheck") or {}
        if own.get("disable"):
            return False
        if own.get("test"):
            return bool(own["test"][0] != "NONE")
        image = self._image(service)
        return None if image is None else ((image.get("Healthcheck") or {}).get("Test") or ["NONE"])[0] != "NONE"

    def listens(self, service: str) -> bool:
        """Whether a service has a port, as far as the file says, or its image where that is here."""
        spec = self.services[service]
        image = self._image(service) or {}
        return bool(spec.get("ports") or spec.get("expose") or image.get("ExposedPorts"))

    def _image(self, service: str) -> dict[str, Any] | None:
        """The configuration of a service's image, None where the engine does not have it."""
        return _configuration(str(self.services[service].get("image") or f"{self.document['name']}-{service}"))

    def place(self, service: str, word: str = "") -> str:
        """Where a service stands in the file, or the line of it that holds a word, as `file:line`."""
        return f"{self.file}:{self._line(service, word)[0]}"

    def text(self, service: str, word: str) -> str:
        """The line that `place` tells."""
        return self._line(service, word)[1]

    def _line(self, service: str, word: str) -> tuple[int, str]:
        lines = self._lines.get(service, {1: ""})
        return next(((number, text) for number, text in lines.items() if word and word in text), min(lines.items()))

    @functools.cached_property
    def _lines(self) -> dict[str, dict[int, str]]:
        """The lines of each service, by number, without comments; none of those written in braces."""
        found: dict[str, dict[int, str]] = {}
        inside, depth, service = False, "", ""
        for number, line in enumerate(self.file.read_text().splitlines(), 1):
            text = re.sub(r"(^|\s)#.*", "", line)
            indent = text[: len(text) - len(text.lstrip())]
            if text and not indent:
                inside, depth = text.startswith("services:"), ""
            elif text.strip() and inside:
                depth = depth or indent
                if indent == depth:
                    service = text.partition(":")[0].strip().strip("\"'")
                found.setdefault(service, {})[number] = text
        return found


@functools.cache
def _resolved(file: Path) -> tuple[dict[str, Any], list[str]]:
    """The document, and what compose warns of."""
    done = _config(file)
    if done.returncode != 0 and PART in done.stderr and (whole := _completed(file)):
        done = _config(whole, file)
    if done.returncode != 0:
        cause = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise PlimsollError(f"{file} is not accepted by compose, {cause}", "fix it")
    warnings = [
        words.replace('\\"', '"').removeprefix(f"{file}: ").rstrip(".") for words in WARNING.findall(done.stderr)
    ]
    return json.loads(done.stdout), warnings


def _config(*files: Path) -> subprocess.CompletedProcess[str]:
    options = ["--profile=*", "config", "--format=json", "--no-path-resolution"]
    command = ["docker", "compose", *(f"--file={file}" for file in files), *options]
    folder = files[0].parent
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        cause = f"{files[-1]} is not read by compose within {TIMEOUT} s"
        raise PlimsollError(cause, "take out what it fetches") from error


def _completed(file: Path) -> Path | None:
    """The file beside one for production that it only adds to."""
    return next((each.file for each in beside(file.parent) if each.file != file and not each.production), None)


@functools.cache
def _configuration(image: str) -> dict[str, Any] | None:
    try:
        return cast("dict[str, Any]", engine.client().images.get(image).attrs.get("Config") or {})
    except ImageNotFound:
        return None


def beside(folder: Path) -> list[Composition]:
    """The compose files of a folder, those for production last."""
    named = {path: found for path in folder.iterdir() if (found := NAME.fullmatch(path.name)) and path.is_file()}
    ordered = sorted(named, key=lambda path: (bool(named[path]["production"]), path.name))
    return [Composition(path, path.name) for path in ordered]
