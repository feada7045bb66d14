"""Becomes the server, which as process 1 waits for all of its children."""

import os
import sys

os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config=python:catweb.server"])
