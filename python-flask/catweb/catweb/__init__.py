"""The cat of the day: one page, one picture, chosen at random from those that ship with the app."""

import functools
import os
import random
from pathlib import Path

from flask import Flask, Response, abort, render_template, send_from_directory

CATS = Path(__file__).parent / "cats"
VERSIONS = ("v1", "v2")
A_DAY = 86_400


def create_app() -> Flask:
    """The app; CATWEB_VERSION chooses the version of its page.

    Raises:
        ValueError: there is no such version.
    """
    version = os.environ.get("CATWEB_VERSION", VERSIONS[0])
    if version not in VERSIONS:
        raise ValueError(f"CATWEB_VERSION={version}: there are {' and '.join(VERSIONS)}")
    app = Flask(__name__)
    names = sorted(path.stem for path in CATS.glob("*.svg"))
    # There are as many pages as cats: each is rendered once, except where its template is being worked on.
    render = render_template if app.debug else functools.cache(render_template)

    @app.get("/")
    def page() -> str:
        # Any cat will do: nobody gains by foreseeing it.
        return render("page.html", name=random.choice(names), version=version)  # noqa: S311

    @app.get("/cats/<name>.svg")
    def picture(name: str) -> Response:
        if name not in names:
            abort(404)
        return send_from_directory(CATS, f"{name}.svg", max_age=A_DAY)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; img-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app
