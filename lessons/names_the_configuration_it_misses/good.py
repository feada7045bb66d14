"""A greeting, from the environment."""

import os

from flask import Flask

GREETING = os.environ["GREETING"]

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Greet."""
    return f"{GREETING}, world."


@app.get("/healthz")
def healthz() -> str:
    """Be well."""
    return "well"
