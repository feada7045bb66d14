"""What the API promises, as an OpenAPI document: the tests hold the API to it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from widgets.database import LONGEST_TEXT
from widgets.incoming import LARGEST_BODY, LARGEST_OFFSET, LONGEST_PAGE, USUAL_PAGE

LARGEST_ID = 10**15 - 1

WIDGET = {"$ref": "#/components/schemas/Widget"}
TRY_LATER = {"Retry-After": {"required": True, "schema": {"type": "integer"}, "description": "Seconds to wait."}}


def _text(shortest: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a schema's values are of any type
    return {"type": "string", "minLength": shortest, "maxLength": LONGEST_TEXT, "pattern": "^[^\\u0000]*$", **more}


def _json(schema: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"content": {"application/json": {"schema": schema}}, **more}


def _answers(success: dict[int, dict[str, Any]], *problems: int) -> dict[str, Any]:
    answers: dict[str, Any] = {
        str(status): {"description": HTTPStatus(status).phrase, **answer} for status, answer in success.items()
    }
    for status in problems:
        answers[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            answers[str(status)]["headers"] = TRY_LATER
    return answers


def _query(name: str, description: str, least: int, most: int, default: int) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "integer", "minimum": least, "maximum": most, "default": default},
    }


def _link(operation: str) -> dict[str, Any]:
    return {"operationId": operation, "parameters": {"id": "$response.body#/id"}}


OK = {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Widgets",
        "version": "1.0.0",
        "description": f"Named things in PostgreSQL. A body has at most {LARGEST_BODY} bytes.",
    },
    "paths": {
        "/": {
            "get": {
                "operationId": "hello",
                "summary": "Say hello",
                "responses": _answers({200: {"content": {"text/plain": {"schema": {"const": "Hello, Docker!"}}}}}),
            },
        },
        "/initdb": {
            "get": {
                "operationId": "createTable",
                "summary": "Create the table if it is missing; existing rows stay",
                "responses": _answers(
                    {
                        200: _json(
                            {
                                "type": "object",
                                "properties": {"created": {"type": "boolean"}},
                                "required": ["created"],
                            }
                        )
                    },
                    503,
                ),
            },
        },
        "/widgets": {
            "get": {
                "operationId": "listWidgets",
                "summary": "Some of the widgets, in the order of their ids",
                "parameters": [
                    _query("limit", "The most widgets to answer with.", 1, LONGEST_PAGE, USUAL_PAGE),
                    _query("offset", "How many widgets to leave out first.", 0, LARGEST_OFFSET, 0),
                ],
                "responses": _answers(
                    {
                        200: _json(
                            {"type": "array", "items": WIDGET},
                            headers={
                                "X-Total-Count": {
                                    "required": True,
                                    "schema": {"type": "integer", "minimum": 0},
                                    "description": "How many widgets there are in all.",
                                },
                                "Link": {
                                    "schema": {"type": "string"},
                                    "description": "The next and the previous page, where there is one (RFC 8288).",
                                },
                            },
                        )
                    },
                    422,
                    503,
                ),
            },
            "post": {
                "operationId": "addWidget",
                "summary": "Add a widget",
                "requestBody": {"$ref": "#/components/requestBodies/Draft"},
                "responses": _answers(
                    {
                        201: _json(
                            WIDGET,
                            headers={
                                "Location": {
                                    "required": True,
                                    "schema": {"type": "string"},
                                    "description": "The new widget's address.",
                                }
                            },
                            links={name: _link(name) for name in ("getWidget", "replaceWidget", "deleteWidget")},
                        )
                    },
                    400,
                    413,
                    415,
                    422,
                    503,
                ),
            },
        },
        "/widgets/{id}": {
            "parameters": [
                {
                    "name": "id",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
                }
            ],
            "get": {
                "operationId": "getWidget",
                "summary": "One widget",
                "responses": _answers({200: _json(WIDGET)}, 404, 503),
            },
            "put": {
                "operationId": "replaceWidget",
                "summary": "Replace a widget's name and description",
                "requestBody": {"$ref": "#/components/requestBodies/Draft"},
                "responses": _answers({200: _json(WIDGET)}, 400, 404, 413, 415, 422, 503),
            },
            "delete": {
                "operationId": "deleteWidget",
                "summary": "Remove a widget",
                "responses": _answers({204: {}}, 404, 503),
            },
        },
        "/healthz": {
            "get": {
                "operationId": "alive",
                "summary": "Whether the service is alive; the database is not asked",
                "responses": _answers({200: _json(OK)}),
            },
        },
        "/readyz": {
            "get": {
                "operationId": "ready",
                "summary": "Whether the database answers",
                "responses": _answers({200: _json(OK)}, 503),
            },
        },
    },
    "components": {
        "requestBodies": {
            "Draft": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Draft"}}},
            },
        },
        "schemas": {
            "Draft": {
                "type": "object",
                "properties": {"name": _text(1), "description": _text(0, default="")},
                "required": ["name"],
                "additionalProperties": False,
            },
            "Widget": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
                    "name": _text(1),
                    "description": _text(0),
                },
                "required": ["id", "name", "description"],
                "additionalProperties": False,
            },
            "Problem": {
                "description": "What went wrong, as RFC 9457 has it.",
                "type": "object",
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer", "minimum": 400, "maximum": 599},
                    "detail": {"type": "string"},
                    "errors": {
                        "description": "With 422: each value that is not allowed.",
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "properties": {
                                "pointer": {"type": "string", "description": "Where in the body (RFC 6901)."},
                                "parameter": {"type": "string", "description": "Which part of the query."},
                                "detail": {"type": "string"},
                            },
                            "required": ["detail"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["type", "title", "status", "detail"],
                "additionalProperties": False,
            },
        },
    },
}
