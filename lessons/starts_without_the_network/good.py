"""Says where it is, and becomes the server."""

import os
import socket
import sys

print(f"catweb on {socket.gethostname()}", flush=True)
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config=python:catweb.server"])
