"""What gunicorn is told: `python -m gunicorn --config=python:widgets.server`."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

from widgets import signals
from widgets.api import create_app
from widgets.config import Config, ConfigError
from widgets.database import CONNECTIONS, Database

if TYPE_CHECKING:
    from flask import Flask

try:
    _config = Config.of(os.environ)
except ConfigError as error:
    sys.exit(f"widgets: {error}")
_database = Database(_config)

# In gunicorn's form: the pool says here why there is no connection.
logging.basicConfig(
    stream=sys.stdout,
    format="[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s",
    datefmt="%Y-%m-%d %H:%M:%S %z",
)


def application() -> Flask:
    """The application; gunicorn asks for it in the process that serves, so that the pool's threads live there."""
    _database.open()
    return create_app(_database)


signals.lose_none()
wsgi_app = "widgets.server:application()"
bind = f"0.0.0.0:{_config.port}"
# Two processes, since one can't use two processors. Threads, since a request waits for the database: more of them
# than connections, since not every request needs one.
workers = 2
worker_class = "gthread"
threads = 2 * CONNECTIONS
# Requests in flight get this many seconds when the server is told to stop; `docker stop` gives 10.
graceful_timeout = 8
# The worker's heartbeat is a file: in memory, since the root file system may be read-only.
worker_tmp_dir = "/dev/shm"  # noqa: S108
# A socket that nobody talks to, in a home directory that there is not.
control_socket_disable = True
# Everything goes to standard output; by itself gunicorn writes its log to standard error.
logconfig_dict = {"loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False}}}
# No access log: with a line for every request, which the engine has to keep, there are fewer (README.md, "The server").
# To have one: GUNICORN_CMD_ARGS="--access-logfile=-".


def worker_exit(_server: object, _worker: object) -> None:
    """Let the connections go, or their threads would keep the process for seconds."""
    _database.close()
