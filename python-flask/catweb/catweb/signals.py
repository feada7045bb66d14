"""What gunicorn 27.0.1 misses: a SIGTERM for a worker that does not listen to signals yet."""

import os
import signal

TERM = {signal.SIGTERM}


def lose_none() -> None:
    """Let a worker that is told to end before it has handlers of its own end at once.

    From its fork until then it has the master's, which only note a SIGTERM for later; the master would wait for it in
    vain.
    """
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, TERM),
        after_in_child=_listen,
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, TERM),
    )


def _listen() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TERM)
