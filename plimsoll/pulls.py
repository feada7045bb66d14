"""Images that others made: used where they are here, else pulled; never stood in for."""

from __future__ import annotations

import select
import subprocess
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from plimsoll import engine, references, refusals, sdk
from plimsoll.refusals import Kind, Refusal
from plimsoll.say import say, saying

if TYPE_CHECKING:
    from collections.abc import Iterable

TIMEOUT = 900.0
"""Seconds that a registry may take to give one image, however often it is asked."""

SILENCE = 60.0
"""Seconds that it may take until it says anything of an image."""

PAUSES = (2.0, 8.0)
"""Seconds to wait before each further try, where a registry may answer otherwise in a while."""

STAND_IN = "plimsoll.stand-in"
"""The label of an image that was made to stand in for the official one of its name; its value says of what."""


_failed: dict[str, str] = {}
"""Why an image could not be had, by its name: one refusal is enough for a run."""

_unreached: dict[str, Refusal] = {}
"""The registries that nobody was reached at, by what names of their images begin with: so is that."""


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


def pull(name: str) -> Refusal | None:
    """Pull an image; why that fails, None where it does not.

    A registry that may answer otherwise in a while is asked again, a few times; one that is not reached, no more.
    """
    registry = references.REGISTRY.match(name)
    address = registry[0] if registry else ""
    if address in _unreached:
        return _unreached[address]
    deadline = time.monotonic() + TIMEOUT
    with saying(f"pulling {name}"):
        for pause in (*PAUSES, None):
            refusal = _asked(name, deadline)
            if refusal is None or refusal.kind is not Kind.PASSING:
                break
            if pause is None:
                refusal = replace(refusal, cause=f"{refusal.cause}, asked {1 + len(PAUSES)} times")
            else:
                say(f"pulling {name}: {refusal.cause}; asked again in {pause:.0f} s")
                time.sleep(pause)
    if refusal and refusal.kind is Kind.UNREACHED:
        _unreached[address] = refusal
    return refusal


def _asked(name: str, deadline: float) -> Refusal | None:
    """Ask for an image once."""
    try:
        asking = subprocess.Popen(
            ["docker", "pull", name],
            env=engine.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    except FileNotFoundError:
        return Refusal(Kind.FINAL, "the `docker` command is missing, which pulls", "install it")
    with asking:
        assert asking.stdout
        assert asking.stderr
        try:
            # The first line comes once the registry has said what the name means.
            if not select.select([asking.stdout, asking.stderr], [], [], SILENCE)[0]:
                return refusals.silent(SILENCE)
            _, errors = asking.communicate(timeout=max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return refusals.late(TIMEOUT)
        finally:
            asking.kill()
    return refusals.read(", ".join(errors.strip().splitlines())) if asking.returncode else None


def missing(name: str) -> str:
    """Why an image can't be had, empty where it is here or could be pulled."""
    if is_here(name):
        return ""
    if name not in _failed:
        _failed[name] = str(pull(name) or "")
    return _failed[name]


def told(names: Iterable[str]) -> str:
    """That bases can't be had, and why, as far as it was tried to pull them."""
    return "; ".join(
        f"base {name} can't be had: {why}" if (why := _failed.get(name)) else f"base {name} can't be had"
        for name in names
    )
