"""What gunicorn is told: `python -m gunicorn --config=python:catweb.server`."""

import os
import sys

from catweb import signals

_port = os.environ.get("PORT") or "5000"
if not (_port.isascii() and _port.isdigit() and 1 <= int(_port) <= 65535):
    sys.exit(f"catweb: PORT={_port} is no port: give a number from 1 to 65535")

signals.lose_none()

wsgi_app = "catweb:create_app()"
bind = f"0.0.0.0:{_port}"
# Two processes, since one can't use two processors; loaded once, so that they share most of their memory.
workers = 2
worker_class = "gthread"
threads = 4
preload_app = True
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
