"""What a request may say: read here, refused here."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from widgets.database import LONGEST_TEXT
from widgets.problems import Unprocessable

if TYPE_CHECKING:
    from flask import Request

LARGEST_BODY = 16 * 1024
LONGEST_PAGE = 1000
USUAL_PAGE = 100
LARGEST_OFFSET = 10**9


class Draft(NamedTuple):
    """A widget's values, before it has an id."""

    name: str
    description: str


def draft(request: Request) -> Draft:
    """The widget in a request's body."""
    body = _json(request)
    if not isinstance(body, dict):
        raise Unprocessable([{"pointer": "#", "detail": "must be an object"}])
    errors = []
    if body.keys() - {"name", "description"}:
        errors.append({"pointer": "#", "detail": "must have no other members than name and description"})
    if "name" not in body:
        errors.append({"pointer": "#/name", "detail": "is missing"})
    for member, shortest in (("name", 1), ("description", 0)):
        if member in body and (wrong := _wrong_text(body[member], shortest)):
            errors.append({"pointer": f"#/{member}", "detail": wrong})
    if errors:
        raise Unprocessable(errors)
    return Draft(body["name"], body.get("description", ""))


def page(request: Request) -> tuple[int, int]:
    """The limit and the offset in a request's query."""
    errors: list[dict[str, str]] = []
    limit = _number(request, "limit", USUAL_PAGE, range(1, LONGEST_PAGE + 1), errors)
    offset = _number(request, "offset", 0, range(LARGEST_OFFSET + 1), errors)
    if errors:
        raise Unprocessable(errors)
    return limit, offset


def _json(request: Request) -> Any:  # noqa: ANN401 - it is whatever was sent
    if not request.is_json:
        raise UnsupportedMediaType("The body must be sent as application/json.")
    body = request.get_data()
    if len(body) > LARGEST_BODY:
        raise RequestEntityTooLarge(f"A body has at most {LARGEST_BODY} bytes.")
    try:
        return json.loads(body.decode())
    except json.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    except UnicodeDecodeError as error:
        raise BadRequest("The body is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, thousands of brackets.
        raise BadRequest("The body is beyond what this service reads.") from error


def _wrong_text(value: object, shortest: int) -> str | None:
    if not isinstance(value, str):
        return "must be a string"
    if not shortest <= len(value) <= LONGEST_TEXT:
        return f"must have {shortest} to {LONGEST_TEXT} characters"
    # PostgreSQL stores neither; JSON can spell both.
    if re.search("[\0\ud800-\udfff]", value):
        return "must have no NUL and no half of a surrogate pair"
    return None


def _number(request: Request, name: str, default: int, allowed: range, errors: list[dict[str, str]]) -> int:
    value = request.args.get(name, str(default))
    # Digits only, and few: int() takes signs, spaces and underscores as well.
    if re.fullmatch("[0-9]{1,10}", value) and int(value) in allowed:
        return int(value)
    errors.append({"parameter": name, "detail": f"must be a number from {allowed.start} to {allowed.stop - 1}"})
    return default
