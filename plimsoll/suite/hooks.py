"""The hooks by which a run says what it judges; a command that judges something else answers before the defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from plimsoll.project.app import Variant
    from plimsoll.project.composition import Composition


@pytest.hookspec(firstresult=True)
def pytest_plimsoll_variants(config: pytest.Config) -> list[Variant] | None:
    """The variants under judgement."""


@pytest.hookspec(firstresult=True)
def pytest_plimsoll_compositions(config: pytest.Config) -> list[Composition] | None:
    """The compose files under judgement."""
