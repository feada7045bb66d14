"""plimsoll.toml: what is expected of one app and waived for it, read once and validated."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from plimsoll import mistakes
from plimsoll.errors import PlimsollError
from plimsoll.values import Bytes, ExitCode, FolderInImage, PlatformName, Reason, Waived
from plimsoll.waivers import Standing, Waiver, nearest

if TYPE_CHECKING:
    from collections.abc import Collection

FILE = "plimsoll.toml"
LIKELY = ("prod", "production", "image")
"""The variants of which an image is likely to be one whose tag names none: the last is a stage without a name."""


MOST_MISTAKES = 20
"""Mistakes that are told of one file; with more of them, nothing of it counts."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Endpoint(_Strict):
    """One request and the answer that it must get.

    Attributes:
        path: what is asked for, from its slash on, such as `/ping`.
        method: the method that it is asked for by.
        headers: headers of the request.
        body: the text that is sent with the request.
        status: status code of the answer.
        json: the whole of an answer in JSON.
        contains: a part of the answer's text.
        content_type: how the answer's content type begins.
        variants: the variants that have this endpoint; all of them where it is empty.

    """

    path: str = Field(pattern=r"^/")
    method: Literal["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] = "GET"
    headers: dict[str, str] = {}
    body: str | None = None
    status: int = Field(default=200, ge=100, le=599)
    answer: Any = Field(default=None, alias="json")
    contains: str | None = None
    content_type: str | None = None
    variants: list[str] = []


class VariantExpectations(_Strict):
    """What is expected of one variant of the app: a stage of its Dockerfile, by its name.

    Attributes:
        max_size: the budget in bytes, uncompressed: the sum of all layers, powers of 1000.
        static: executables that must need no dynamic loader.
        memory: bytes within which it must answer its endpoints.
        port: the port it listens on, where that is not the app's.
        environment: what it is started with, on top of the app's.
        command: arguments that the container is started with, where the image's own would not do.
        serves: whether it is a server that stays; a command line program is not.
        writable: folders that it needs writable and is given as mounts, on top of the app's.
        exit_codes: with which it may end when it is told to stop, beside 0 and the signal's own, on top of the app's.
        allow: programs that are its purpose, on top of the app's.
        does_not_start: why it can't start, for a rung that shows just that.
        needs: what a real base image has and the stand-in lacks.
        waive: rules that this variant is allowed to break, each with its reason.

    """

    max_size: Bytes | None = None
    static: list[str] = []
    memory: Bytes | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    environment: dict[str, str] = {}
    command: list[str] | None = None
    serves: bool | None = None
    writable: list[FolderInImage] = []
    exit_codes: list[ExitCode] = []
    allow: list[str] = []
    does_not_start: Reason | None = None
    needs: Reason | None = None
    waive: dict[str, Waived] = {}

    def is_writable(self, path: str) -> bool:
        """Whether a path of the image lies in a folder that whoever runs it makes writable."""
        return any(path == folder or path.startswith(f"{folder}/") for folder in self.writable)


class ServiceExpectations(_Strict):
    """What is waived for one service of the compose files beside.

    Attributes:
        waive: rules about compose files that this service is allowed to break, each with its reason.

    """

    waive: dict[str, Waived] = {}


class Bench(_Strict):
    """What `make bench` of Plimsoll's own repository compares.

    Attributes:
        edit: the source file in which one line is changed before a rebuild.
        path: what is asked for, to compare the servers of dev and prod; none where they do not differ.

    """

    edit: str
    path: str | None = Field(default=None, pattern=r"^/")


class Expectations(_Strict):
    """The whole of a plimsoll.toml: what is expected of an app, an image or a compose file, and what is waived.

    Attributes:
        port: the port that the app listens on.
        serves: whether it is a server that stays.
        max_context: bytes of its folder that may reach a build.
        environment: what its container is started with.
        platforms: for which it is published, such as `linux/arm64`; all that its index names where it is empty.
        writable: folders that it needs writable, and that whoever runs it gives it as mounts.
        exit_codes: with which it may end when it is told to stop, beside 0 and the signal's own.
        allow: programs whose presence is the image's purpose, such as `git`; `shell` is any shell.
        waive: rules that every variant and every compose file is allowed to break, each with its reason.
        vulnerabilities: known ones that a scan gate lets be, by identifier, each with its reason.
        endpoint: requests, and the answers that they must get.
        variant: what is expected of each variant.
        service: what is waived for each service of a compose file.
        bench: what `make bench` of Plimsoll's own repository compares.

    """

    port: int | None = Field(default=None, ge=1, le=65535)
    serves: bool = True
    max_context: Bytes = 100_000_000
    environment: dict[str, str] = {}
    platforms: list[PlatformName] = []
    writable: list[FolderInImage] = []
    exit_codes: list[ExitCode] = []
    allow: list[str] = []
    waive: dict[str, Waived] = {}
    vulnerabilities: dict[str, Waived] = {}
    endpoint: list[Endpoint] = []
    variant: dict[str, VariantExpectations] = {}
    service: dict[str, ServiceExpectations] = {}
    bench: Bench | None = None

    _file: Path = PrivateAttr(default=Path(FILE))

    @property
    def file(self) -> Path:
        """Where they stand."""
        return self._file

    def of(self, variant: str) -> VariantExpectations:
        """What is expected of one variant, with the app's own values where the variant has none."""
        own = self.variant.get(variant, VariantExpectations())
        return own.model_copy(
            update={
                "port": own.port or self.port,
                "serves": self.serves if own.serves is None else own.serves,
                "environment": {**self.environment, **own.environment},
                "writable": [*self.writable, *own.writable],
                "exit_codes": [*self.exit_codes, *own.exit_codes],
                "allow": [*self.allow, *own.allow],
            }
        )

    def endpoints(self, variant: str) -> list[Endpoint]:
        """The endpoints that a variant must answer."""
        return [endpoint for endpoint in self.endpoint if not endpoint.variants or variant in endpoint.variants]

    def likely(self, tag: str) -> str:
        """The variant that an image of a tag is: the one of that name, else the one that is deployed, else the only."""
        names = [each for each in (tag, *LIKELY) if each in self.variant]
        return names[0] if names else next(iter(self.variant)) if len(self.variant) == 1 else tag

    def misspelt(self, stages: Collection[str]) -> list[str]:
        """A line for each variant that is none of these stages, and is called much like one.

        That is no mistake for sure: it may be built of another file.
        """
        return [
            f"{self.file} [variant.{name}] is about no stage{meant}"
            for name in self.variant
            if name not in stages and (meant := nearest(name, stages))
        ]

    def allowed(self, variant: str) -> list[tuple[str, str]]:
        """The programs that are a variant's purpose, the app's own included: where that stands, and which."""
        own = self.variant[variant].allow if variant in self.variant else []
        rows = ((str(self.file), self.allow), (f"{self.file} [variant.{variant}]", own))
        return [(place, each) for place, allowed in rows for each in allowed]

    def without(self, program: str) -> Expectations:
        """The same, were a program nobody's purpose."""
        variants = {
            name: each.model_copy(update={"allow": [one for one in each.allow if one != program]})
            for name, each in self.variant.items()
        }
        kept = [each for each in self.allow if each != program]
        return self.model_copy(update={"allow": kept, "variant": variants})

    def waivers(self, variant: str) -> list[Standing]:
        """What is waived for a variant, the app's own included."""
        own = self.variant.get(variant, VariantExpectations()).waive
        return [*self.waivers_of_all, *self._standing(own, f"variant.{variant}.waive")]

    def waivers_of_services(self) -> list[Standing]:
        """What is waived for compose files, and for single services of them."""
        rows = ((name, each) for name, spec in self.service.items() for each in spec.waive.items())
        own = [
            Standing(rule, given, f"{self.file} [service.{name}.waive]", service=name, shared=True)
            for name, (rule, given) in rows
        ]
        return [*self.waivers_of_all, *own]

    @property
    def waivers_of_all(self) -> list[Standing]:
        """What is waived for the whole app."""
        return self._standing(self.waive, "waive", shared=True)

    def _standing(self, waived: dict[str, Waiver], table: str, *, shared: bool = False) -> list[Standing]:
        return [Standing(rule, each, f"{self.file} [{table}]", shared=shared) for rule, each in waived.items()]


def read(folder: Path, variants: set[str] | None = None) -> Expectations:
    """The expectations beside an app; the defaults where it has no plimsoll.toml.

    Args:
        folder: the app's folder.
        variants: the variants that exist, to refuse expectations of any other; None where they are not known.

    Raises:
        PlimsollError: the file does not parse, or a key or value is wrong; file, key and value are named.

    """
    file = folder / FILE
    expectations, wrong = understood(file) if file.exists() else (Expectations(), [])
    wrong += [] if variants is None else unknown(expectations, variants)
    if wrong:
        raise wrong[0]
    return expectations


def understood(file: Path) -> tuple[Expectations, list[PlimsollError]]:
    """What of a file can be understood, and a line for each thing that can't; the defaults stand in for that."""
    try:
        given = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return Expectations(), [PlimsollError(f"{file} is not there", "name the file, or write it")]
    except UnicodeDecodeError:
        return Expectations(), [PlimsollError(f"{file} is no text in UTF-8", "save it as that, as TOML wants it")]
    except tomllib.TOMLDecodeError as error:
        return Expectations(), [PlimsollError(f"{file} is not valid TOML, {error}", "fix that line")]
    except OSError as error:
        return Expectations(), [PlimsollError(f"{file} can't be read, {error.strerror}", "name a file in TOML")]
    wrong = []
    while True:
        try:
            expectations = Expectations.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            wrong.append(PlimsollError(f"{file}: {mistakes.told(first, Expectations)}", mistakes.REMEDY))
            # One after the other: what is removed moves what comes after it in a list.
            given = mistakes.without(given, first["loc"]) if len(wrong) < MOST_MISTAKES else {}
        else:
            expectations._file = file
            return expectations, wrong


def unknown(expectations: Expectations, variants: set[str]) -> list[PlimsollError]:
    """A line for each variant that is spoken of and does not exist.

    Args:
        expectations: what is expected.
        variants: those that exist.

    """
    file, endpoints = expectations.file, enumerate(expectations.endpoint)
    named = [(f"variant.{name}", name) for name in expectations.variant]
    named += [(f"endpoint.{index}.variants", name) for index, each in endpoints for name in each.variants]
    return [
        PlimsollError(f"{file}: {key}: there is no `{name}`", f"it must be one of {', '.join(sorted(variants))}")
        for key, name in named
        if name not in variants
    ]
