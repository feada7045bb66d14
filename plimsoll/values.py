"""The kinds of values in a plimsoll.toml: how each is read, and how an editor is told of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from plimsoll.paths import clean
from plimsoll.units import parse_size
from plimsoll.waivers import LEAST_REASON, Waiver, waiver


def _size(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError("a size is a string with a unit, such as `9 MB`")  # noqa: TRY004 - pydantic wants it
    return parse_size(value)


def _folder(path: str) -> str:
    if not path.startswith("/") or not clean(path):
        raise ValueError("a folder is a path from the root and not the root itself, such as `/var/lib/app`")
    return f"/{clean(path)}"


REASON = {"type": "string", "minLength": LEAST_REASON}
TABLE = {
    "type": "object",
    "properties": {
        "reason": REASON | {"description": "Why it may be broken."},
        "until": {
            "type": "string",
            "format": "date",
            "description": "The last day on which the exception counts, such as 2027-03-01.",
        },
    },
    "required": ["reason"],
    "additionalProperties": False,
}

SIZE = r"^\d+(\.\d+)? ?(B|kB|MB|GB)$"
Bytes = Annotated[int, BeforeValidator(_size), WithJsonSchema({"type": "string", "pattern": SIZE})]
Reason = Annotated[str, Field(min_length=LEAST_REASON)]
Waived = Annotated[Waiver, PlainValidator(waiver), WithJsonSchema({"anyOf": [REASON, TABLE]})]
FolderInImage = Annotated[str, AfterValidator(_folder), WithJsonSchema({"type": "string", "pattern": "^/."})]
PlatformName = Annotated[str, Field(pattern=r"^[a-z0-9]+(/[a-z0-9]+){1,2}$")]
ExitCode = Annotated[int, Field(ge=0, le=255)]
