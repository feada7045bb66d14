"""`python -m widgets.healthcheck`: exit code 0 if this container's service is alive.

The service is asked, not the database: a restart would not bring that back.
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT = 1.5
"""Seconds: the image's HEALTHCHECK gives 2 or more, and what it ends has not said why."""


def check(port: int) -> str | None:
    """What is wrong with the service on this port, if anything is."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"it does not answer: {error}"
    finally:
        connection.close()
    return None if status == 200 else f"it answers with {status}"


if __name__ == "__main__":
    wrong = check(int(os.environ.get("PORT") or 5000))
    sys.exit(f"widgets: {wrong}" if wrong else 0)
