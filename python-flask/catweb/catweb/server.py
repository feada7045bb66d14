"""What gunicorn is told: `python -m gunicorn --config=python:catweb.server`."""

import os
import signal

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
# Everything goes to standard output; by itself gunicorn writes its log to standard error.
logconfig_dict = {"loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False}}}
# No access log: a line for every request, which the engine has to keep, costs as much as the answer. To have one:
# GUNICORN_CMD_ARGS="--access-logfile=-".


def _lose_no_signal() -> None:
    """Let a worker that is told to end before it listens to signals end at once.

    Between its fork and its own handlers it has the master's, which only note a SIGTERM for later; the master would
    then wait for it in vain. Seen with gunicorn 27.0.1.
    """
    term = {signal.SIGTERM}

    def in_child() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, term)

    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, term),
        after_in_child=in_child,
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, term),
    )


_lose_no_signal()
