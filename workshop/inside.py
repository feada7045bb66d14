"""Looking into a container with testinfra, or from beside it where it has no shell."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import testinfra

from plimsoll.facts.run import container, helper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testinfra.host import Host

    from plimsoll.facts.run.container import Container


@contextmanager
def beside(image: str) -> Iterator[Container]:
    """A helper container that sees an image's files, read-only, under /image.

    An image without a shell is looked into like this, instead of being given one.
    """
    # A plain document: the SDK's own Mount does not know this type yet.
    mount = {"Type": "image", "Source": image, "Target": "/image", "ReadOnly": True}
    options: dict[str, Any] = {"mounts": [mount], "init": True, "network_mode": "none"}
    with container.started(helper.IMAGE, command=["sleep", "infinity"], **options) as looking:
        yield looking


def inside(of: Container) -> Host:
    """Testinfra inside a container; it needs a shell there."""
    return testinfra.get_host(f"docker://{of.id}")
