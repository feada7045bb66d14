"""The server's own process: told to stop in its first moment, it stops."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SLOW = "from widgets.server import *\nimport time\npost_fork = lambda server, worker: time.sleep(1)\n"
"""Workers that take a second from their fork until they listen to signals."""


def test_a_worker_that_is_told_to_end_before_it_listens_ends(tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    command = [sys.executable, "-m", "gunicorn", "--config=python:slow", "--bind=127.0.0.1:0"]
    path = f"{tmp_path}{os.pathsep}{Path.cwd()}"
    environment = {**os.environ, "PYTHONPATH": path, "POSTGRES_PASSWORD": "not asked for"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        booting = (line for line in server.stdout if "Booting worker" in line)
        assert next(booting, None), "no worker was started"
        assert next(booting, None), "one worker was started, not two"
        begun = time.monotonic()
        server.send_signal(signal.SIGTERM)
        said = server.communicate(timeout=60)[0]
    assert server.returncode == 0, said
    assert time.monotonic() - begun < 5, said
