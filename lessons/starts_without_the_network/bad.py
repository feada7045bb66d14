"""Says where it is, and becomes the server."""

import os
import socket
import sys

# Without a network nobody knows the answer, and the server is never started.
print(f"catweb on {socket.gethostbyname(socket.gethostname())}", flush=True)
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config=python:catweb.server"])
