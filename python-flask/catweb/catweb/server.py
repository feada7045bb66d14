"""What gunicorn is told: `python -m gunicorn --config=python:catweb.server`."""

import os

wsgi_app = "catweb:create_app()"
bind = f"0.0.0.0:{os.environ.get('PORT', '5000')}"
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
accesslog = "-"
errorlog = "-"
