"""The errors of the engine's SDK, by their names; it takes long to load, and is not before one of them is met."""

from __future__ import annotations

import importlib
from typing import Any

MODULES = ("docker.errors", "requests")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as it is in the SDK, or in what that asks by
    for module in map(importlib.import_module, MODULES):
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(name)
