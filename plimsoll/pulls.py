"""Images that others made: used where they are here, else pulled; never stood in for."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from plimsoll import engine, sdk
from plimsoll.say import saying

if TYPE_CHECKING:
    from collections.abc import Iterable

TIMEOUT = 900.0
"""Seconds that a registry may take to give one image."""

STRANGER = "the engine trusts nobody who signed the certificate of the registry"
"""What is said of a registry that answers, and may be anybody."""

DISTRUSTED = re.compile(r'https://([^/"]+)/.* certificate signed by unknown authority')
"""How the engine says that, and of which."""

STAND_IN = "plimsoll.stand-in"
"""The label of an image that was made to stand in for the official one of its name; its value says of what."""


_failed: dict[str, str] = {}
"""Why an image could not be had when it was last asked for, by its name."""


def is_here(name: str) -> bool:
    """Whether the engine has an image of a name; of what can't be a name it has none."""
    try:
        engine.client().images.get(name)
    except sdk.APIError as error:
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
    if done.returncode == 0:
        return ""
    words = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    if registry := DISTRUSTED.search(words):
        file = f"certs.d/{registry[1]}/ca.crt"
        return (
            f"{STRANGER} {registry[1]}: save its authority's certificate as /etc/docker/{file} "
            f"(~/.config/docker/{file} where the engine is rootless)"
        )
    return words


def missing(name: str) -> str:
    """Why an image can't be had, empty where it is here or could be pulled."""
    _failed[name] = "" if is_here(name) else pull(name)
    return _failed[name]


def told(names: Iterable[str]) -> str:
    """That bases can't be had, and why, as far as it was tried to pull them."""
    return "; ".join(
        f"base {name} can't be had: {why}" if (why := _failed.get(name)) else f"base {name} can't be had"
        for name in names
    )
