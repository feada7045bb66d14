"""Images that others made: used where they are here, else pulled; never stood in for."""

from __future__ import annotations

import subprocess

from plimsoll import engine
from plimsoll.say import saying

TIMEOUT = 900.0
"""Seconds that a registry may take to give one image."""

STAND_IN = "plimsoll.stand-in"
"""The label of an image that was made to stand in for the official one of its name; its value says of what."""


def is_here(name: str) -> bool:
    """Whether the engine has an image of a name; of what can't be a name it has none."""
    # Loaded by who asks the engine anyhow: this module is known to rules, too, which are listed without it.
    from docker.errors import APIError  # noqa: PLC0415

    try:
        engine.client().images.get(name)
    except APIError as error:
        if not error.is_client_error():
            raise
        return False
    return True


def stands_in(name: str) -> str:
    """Of what an image was made that stands in for the one of its name; empty for any other."""
    return str((engine.client().images.get(name).labels or {}).get(STAND_IN, ""))


def pull(name: str) -> str:
    """Pull an image; why that fails, empty where it does not."""
    command = ["docker", "pull", "--quiet", name]
    with saying(f"pulling {name}"):
        try:
            done = subprocess.run(
                command, env=engine.environment(), capture_output=True, text=True, check=False, timeout=TIMEOUT
            )
        except subprocess.TimeoutExpired:
            return f"it does not come within {TIMEOUT:.0f} s"
        except FileNotFoundError:
            return "the `docker` command is missing, which pulls"
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no reason given"])[-1]


def missing(name: str) -> str:
    """Why an image can't be had, empty where it is here or could be pulled."""
    return "" if is_here(name) else pull(name)
