"""Rules about building."""

import pytest

from plimsoll import build


def test_builds(variant):
    """An image that does not build proves nothing, and whoever clones the repository meets it first."""
    result = build.recorded().get(variant.image)
    assert result is not None, f"{variant.image} has not been built yet: run `make test`"
    if result.unbuildable:
        pytest.skip(f"{variant} is not buildable here: {result.unbuildable}")
    assert not result.error, f"{variant.file} does not build {variant}: {result.error}"
