"""plimsoll.toml: what is expected of one app, read once and validated."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from plimsoll.errors import PlimsollError
from plimsoll.units import parse_size

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

FILE = "plimsoll.toml"


def _size(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError("a size is a string with a unit, such as `9 MB`")  # noqa: TRY004 - pydantic wants it
    return parse_size(value)


Bytes = Annotated[int, BeforeValidator(_size)]
Reason = Annotated[str, Field(min_length=10)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Endpoint(_Strict):
    """One request and the answer that it must get."""

    path: str = Field(pattern=r"^/")
    method: Literal["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] = "GET"
    headers: dict[str, str] = {}
    body: str | None = None
    status: int = Field(default=200, ge=100, le=599)
    answer: Any = Field(default=None, alias="json")
    contains: str | None = None
    content_type: str | None = None
    variants: list[str] = []
    """The variants that have this endpoint; all of them where it is empty."""


class VariantExpectations(_Strict):
    """What is expected of one variant of the app.

    Attributes:
        max_size: the budget in bytes, uncompressed.
        static: executables that must need no dynamic loader.
        memory: bytes within which it must answer its endpoints.
        port: the port it listens on, where that is not the app's.
        environment: what it is started with, on top of the app's.
        command: arguments that the container is started with, where the image's own would not do.
        serves: whether it is a server that stays; a command line program is not.
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
    does_not_start: Reason | None = None
    needs: Reason | None = None
    waive: dict[str, Reason] = {}


class Bench(_Strict):
    """What `make bench` compares.

    Attributes:
        edit: the source file in which one line is changed before a rebuild.
        path: what is asked for, to compare the servers of dev and prod; none where they do not differ.

    """

    edit: str
    path: str | None = Field(default=None, pattern=r"^/")


class Expectations(_Strict):
    """The whole of a plimsoll.toml.

    Attributes:
        port: the port that the app listens on.
        serves: whether it is a server that stays.
        max_context: bytes of its folder that may reach a build.
        environment: what its container is started with.
        endpoint: requests, and the answers that they must get.
        variant: what is expected of each variant.
        bench: what `make bench` compares.

    """

    port: int | None = Field(default=None, ge=1, le=65535)
    serves: bool = True
    max_context: Bytes = 100_000_000
    environment: dict[str, str] = {}
    endpoint: list[Endpoint] = []
    variant: dict[str, VariantExpectations] = {}
    bench: Bench | None = None

    def of(self, variant: str) -> VariantExpectations:
        """What is expected of one variant, with the app's own values where the variant has none."""
        own = self.variant.get(variant, VariantExpectations())
        return own.model_copy(
            update={
                "port": own.port or self.port,
                "serves": self.serves if own.serves is None else own.serves,
                "environment": {**self.environment, **own.environment},
            }
        )

    def endpoints(self, variant: str) -> list[Endpoint]:
        """The endpoints that a variant must answer."""
        return [endpoint for endpoint in self.endpoint if not endpoint.variants or variant in endpoint.variants]


def read(folder: Path, variants: set[str] | None = None) -> Expectations:
    """The expectations beside an app; the defaults where it has no plimsoll.toml.

    Args:
        folder: the app's folder.
        variants: the variants that exist, to refuse expectations of any other; None where they are not known.

    Raises:
        PlimsollError: the file does not parse, or a key or value is wrong; file, key and value are named.

    """
    file = folder / FILE
    if not file.exists():
        return Expectations()
    try:
        expectations = Expectations.model_validate(tomllib.loads(file.read_text()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlimsollError(f"{file} is not valid TOML, {error}", "fix that line") from error
    except ValidationError as error:
        raise PlimsollError(f"{file}: {_first(error.errors()[0])}", "see CONTRIBUTING.md for its keys") from error
    for name in expectations.variant:
        _known(file, f"variant.{name}", name, variants)
    for index, endpoint in enumerate(expectations.endpoint):
        for name in endpoint.variants:
            _known(file, f"endpoint.{index}.variants", name, variants)
    return expectations


def _known(file: Path, key: str, name: str, known: set[str] | None) -> None:
    if known is not None and name not in known:
        raise PlimsollError(f"{file}: {key}: there is no `{name}`", f"it must be one of {', '.join(sorted(known))}")


def _first(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown key `{key}`"
    message = error["msg"].removeprefix("Value error, ")
    return f"{key} = {error['input']!r}: {message[0].lower()}{message[1:]}"
