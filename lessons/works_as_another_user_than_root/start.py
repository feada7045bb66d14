"""Gives root up where RUN_AS tells for whom, and becomes the server."""

import os
import sys

if user := os.environ.get("RUN_AS"):
    os.setgid(int(user))
    os.setuid(int(user))
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config=python:catweb.server"])
