"""A first plimsoll.toml, as text: what was measured, so that it can be read, mended and held."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plimsoll import HOME
from plimsoll.units import show_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.expectations import Endpoint

SPARE = 1.05
"""How much more than it weighs an image may, until somebody says otherwise."""

BARE = re.compile(r"[A-Za-z0-9_-]+")
"""A key that needs no quotes."""


@dataclass(frozen=True)
class Measured:
    """What was measured of one variant.

    Attributes:
        name: the variant's.
        size: bytes of all layers.
        static: its own programs that need no loader.
        port: on which it serves, where that is not the same for all; None where it is, or where it does not.
        memory: bytes within which it serves, where those of the judge's own are too few; None where not.

    """

    name: str
    size: int
    static: tuple[str, ...] = ()
    port: int | None = None
    memory: int | None = None


@dataclass(frozen=True)
class Draft:
    """What is to be written.

    Attributes:
        port: on which all of them serve; None where they do not, or each has its own.
        environment: what it was started with.
        writable: folders that it writes to while it serves.
        endpoints: what it answers well, each with the variants that do, none for all.
        variants: the images.
        doubts: why the endpoints are not promised yet, empty where they are.

    """

    port: int | None = None
    environment: dict[str, str] = field(default_factory=dict)
    writable: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    variants: tuple[Measured, ...] = ()
    doubts: str = ""


def written(draft: Draft) -> str:
    """The text of the file."""
    top = [f"#:schema {HOME}/raw/main/docs/plimsoll.schema.json"]
    top += [f"port = {draft.port}"] if draft.port else []
    top += [f"environment = {_value(draft.environment)}"] if draft.environment else []
    top += ["# It writes there while it serves; whoever runs it mounts something there."] if draft.writable else []
    top += [f"writable = {_value(list(draft.writable))}"] if draft.writable else []
    blocks = ["\n".join(top)]
    endpoints = ["\n".join(["[[endpoint]]", *_endpoint(each)]) for each in draft.endpoints]
    if draft.doubts and endpoints:
        endpoints = [_comment("\n\n".join([draft.doubts, *endpoints]))]
    blocks += endpoints
    blocks += ["\n".join([f"[variant.{_key(each.name)}]", *_variant(each)]) for each in draft.variants]
    return "\n\n".join(blocks) + "\n"


def _endpoint(endpoint: Endpoint) -> Iterator[str]:
    told = endpoint.model_dump(by_alias=True, exclude_defaults=True)
    yield from (f"{key} = {_value(value)}" for key, value in told.items())


def _variant(measured: Measured) -> Iterator[str]:
    if measured.port:
        yield f"port = {measured.port}"
    size = show_size(round(measured.size * SPARE))
    yield f"max_size = {_value(size)}  # it is {show_size(measured.size)}"
    if measured.static:
        yield f"static = {_value(list(measured.static))}"
    if measured.memory:
        yield f"memory = {_value(show_size(measured.memory))}"


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _value(name)


def _value(value: object) -> str:
    """A value as TOML has it."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {_value(each)}' for key, each in value.items())} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    # What JSON escapes, TOML escapes likewise, but for this one.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())
