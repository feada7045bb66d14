"""The routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from flask import Flask, jsonify, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter

from widgets import openapi, problems
from widgets.incoming import LARGEST_BODY, draft, page

if TYPE_CHECKING:
    from flask import Response

    from widgets.database import Database


class IdConverter(IntegerConverter):
    """An id as the table can hold it and JavaScript can count it: anything else is no widget's address."""

    regex = "[1-9][0-9]{0,14}"


def create_app(database: Database) -> Flask:
    """The WSGI application over a database."""
    app = Flask(__name__, static_folder=None)
    # One more than is allowed: Flask cuts a body of unknown length off there, and only its length tells.
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY + 1
    # An address is right or it is 404: a redirect would answer in HTML.
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = IdConverter
    problems.register(app)

    @app.get("/")
    def hello() -> Response:
        return app.response_class("Hello, Docker!", mimetype="text/plain")

    @app.get("/initdb")
    def initdb() -> Response:
        return jsonify(created=database.create())

    @app.get("/widgets")
    def list_widgets() -> Response:
        limit, offset = page(request)
        found = database.page(limit, offset)
        response = jsonify(found.rows)
        response.headers["X-Total-Count"] = str(found.total)
        pages = {}
        if offset > 0:
            pages["prev"] = max(offset - limit, 0)
        if offset + limit < found.total:
            pages["next"] = offset + limit
        if pages:
            response.headers["Link"] = ", ".join(
                f'<{url_for("list_widgets", limit=limit, offset=start)}>; rel="{relation}"'
                for relation, start in pages.items()
            )
        return response

    @app.post("/widgets")
    def add_widget() -> tuple[Response, int, dict[str, str]]:
        widget = database.add(*draft(request))
        return jsonify(widget), 201, {"Location": url_for("get_widget", number=widget["id"])}

    @app.get("/widgets/<id:number>")
    def get_widget(number: int) -> Response:
        return jsonify(database.get(number) or _missing(number))

    @app.put("/widgets/<id:number>")
    def replace_widget(number: int) -> Response:
        return jsonify(database.replace(number, *draft(request)) or _missing(number))

    @app.delete("/widgets/<id:number>")
    def delete_widget(number: int) -> tuple[str, int]:
        if not database.delete(number):
            _missing(number)
        return "", 204

    @app.get("/openapi.json")
    def describe() -> Response:
        return jsonify(openapi.DOCUMENT)

    @app.get("/healthz")
    def alive() -> Response:
        return jsonify(status="ok")

    @app.get("/readyz")
    def ready() -> Response:
        database.ping()
        return jsonify(status="ok")

    return app


def _missing(number: int) -> NoReturn:
    raise NotFound(f"There is no widget {number}.")
