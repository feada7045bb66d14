"""Errors as application/problem+json (RFC 9457), every one of them."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable, UnprocessableEntity

from widgets.database import UnavailableError

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 2


class Unprocessable(UnprocessableEntity):
    """A request that can be read, but whose values are not allowed: each with its place and what is wrong."""

    description = "The request has values that are not allowed: see errors."

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__()
        self.errors = errors


def register(app: Flask) -> None:
    """Make every error that the app answers with a problem document."""

    @app.errorhandler(HTTPException)
    def problem(error: HTTPException) -> Response:
        # Werkzeug's own answer keeps the headers that belong to the status, such as Allow.
        response = error.get_response()
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(response.status_code).phrase,
            "status": response.status_code,
            "detail": error.description,
        }
        if isinstance(error, Unprocessable):
            document["errors"] = error.errors
        response.data = json.dumps(document)
        response.content_type = MEDIA_TYPE
        return response

    @app.errorhandler(UnavailableError)
    def unavailable(error: UnavailableError) -> Response:
        app.logger.warning("%s %s", error, error.__cause__ or "")
        return problem(ServiceUnavailable(str(error), retry_after=RETRY_AFTER))

    @app.errorhandler(InternalServerError)
    def defect(_: InternalServerError) -> Response:
        # The cause, with its traceback, is in the log: Flask has written it there.
        return problem(InternalServerError("The service has a defect."))
