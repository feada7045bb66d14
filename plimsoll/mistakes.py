"""What is wrong in a file that was validated, in a line each, and the file without it: the rest still counts."""

from __future__ import annotations

import copy
import reprlib
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from plimsoll import HOME
from plimsoll.waivers import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

REMEDY = f"{HOME}/blob/main/docs/plimsoll-toml.md lists its keys"


def told(error: ErrorDetails, model: type[BaseModel]) -> str:
    """One mistake: the key, what stands there and what would do; for a key that is not known, the nearest one."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown key `{key}`{nearest(str(error['loc'][-1]), _keys(model, error['loc'][:-1]))}"
    if error["type"] == "missing":
        return f"`{key}` is required, and is not there"
    message = error["msg"].removeprefix("Value error, ")
    return f"{key} = {reprlib.repr(error['input'])}: {message[0].lower()}{message[1:]}"


def without(given: dict[str, Any], path: tuple[int | str, ...]) -> dict[str, Any]:
    """A document without what stands at a path, or the nearest thing above that is there; nothing of it is changed."""
    document = copy.deepcopy(given)
    holder: Any = document
    taken: tuple[Any, int | str] | None = None
    for step in path:
        if not (step in holder if isinstance(holder, dict) else isinstance(holder, list)):
            break
        taken = (holder, step)
        holder = holder[step]
    if taken is None:
        return {}
    del taken[0][taken[1]]
    return document


def _keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand at a path."""
    here: list[type[BaseModel]] = [model]
    for step in path:
        fields = [each.model_fields[step].annotation for each in here if step in each.model_fields]
        here = [found for each in fields for found in _models(each)] or here
    return [field.alias or name for each in here for name, field in each.model_fields.items()]


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that an annotation speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)
