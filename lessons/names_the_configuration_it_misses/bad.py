"""A greeting, from the environment."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Greet."""
    # Missed only now, by the first person who asks.
    return f"{os.environ['GREETING']}, world."


@app.get("/healthz")
def healthz() -> str:
    """Be well."""
    return "well"
