"""The server's own process: told to stop in its first moment, it stops; told no port, it says so."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SLOW = "from catweb.server import *\nimport time\npost_fork = lambda server, worker: time.sleep(1)\n"
"""Workers that take a second from their fork until they listen to signals."""


def test_a_worker_that_is_told_to_end_before_it_listens_ends(tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    command = [sys.executable, "-m", "gunicorn", "--config=python:slow", "--bind=127.0.0.1:0"]
    path = f"{tmp_path}{os.pathsep}{Path.cwd()}"
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        booting = (line for line in server.stdout if "Booting worker" in line)
        assert next(booting, None), "no worker was started"
        assert next(booting, None), "one worker was started, not two"
        begun = time.monotonic()
        server.send_signal(signal.SIGTERM)
        said = server.communicate(timeout=60)[0]
    assert server.returncode == 0, said
    assert time.monotonic() - begun < 5, said


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8080 "])
def test_what_is_no_port_is_refused_in_one_line(port):
    command = [sys.executable, "-c", "import catweb.server"]
    done = subprocess.run(command, env={**os.environ, "PORT": port}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"catweb: PORT={port} is no port: give a number from 1 to 65535\n"


@pytest.mark.parametrize(("port", "bound"), [("", 5000), ("8080", 8080)])
def test_it_listens_where_it_is_told_to(port, bound):
    command = [sys.executable, "-c", "import catweb.server; print(catweb.server.bind)"]
    said = subprocess.run(command, env={**os.environ, "PORT": port}, capture_output=True, text=True, check=True).stdout
    assert said == f"0.0.0.0:{bound}\n"
