"""Starts the server and waits for it, and for nothing else that becomes its child."""

import signal
import subprocess
import sys

server = subprocess.Popen([sys.executable, "-m", "gunicorn", "--config=python:catweb.server"])
signal.signal(signal.SIGTERM, lambda *_: server.terminate())
sys.exit(server.wait())
