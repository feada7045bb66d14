"""Whether the server in this container is alive: exit code 0, or 1 with the reason.

Run as a file, `python catweb/healthcheck.py`: as a module of the package it would import Flask first.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT = 1.5
"""Seconds: the image's HEALTHCHECK gives 2, and what it ends has not said why."""


def main() -> int:
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 5000), timeout=TIMEOUT)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        print(f"healthcheck: {error}", file=sys.stderr)
        return 1
    if status != 200:
        print(f"healthcheck: status {status}", file=sys.stderr)
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
