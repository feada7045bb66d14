"""What rules about building are given: what was found out by building a copy, once for one input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plimsoll.builds import canary, rebuild, repeat

if TYPE_CHECKING:
    from plimsoll.builds.rebuild import Copied, Tested
    from plimsoll.builds.repeat import Repeated
    from plimsoll.project.app import Variant


@pytest.fixture(scope="session")
def copied(variant: Variant, built: str) -> Copied:  # noqa: ARG001 - only of what builds
    """What a change of a source, and one of README.md, makes a build do again."""
    return rebuild.copied(variant)


@pytest.fixture(scope="session")
def tested(variant: Variant, built: str) -> Tested:  # noqa: ARG001
    """What became of the test stage with a test in it that fails."""
    return rebuild.tested(variant)


@pytest.fixture(scope="session")
def repeated(variant: Variant, built: str) -> Repeated:  # noqa: ARG001
    """How a second build differs from the first."""
    return repeat.repeated(variant)


@pytest.fixture(scope="session")
def leaked(variant: Variant, built: str) -> list[tuple[str, str]]:  # noqa: ARG001
    """The places in which a build's secrets are found afterwards."""
    return canary.traces(variant)
