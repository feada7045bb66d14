"""The name of an image, taken apart by the engine's own library."""

from __future__ import annotations

import functools
from typing import NamedTuple

LATEST = "latest"


class Reference(NamedTuple):
    """A name, as people and Dockerfiles write it.

    Attributes:
        repository: all that stands before the tag, the registry's address included.
        tag: empty without one.
        digest: with its algorithm, empty without one.

    """

    repository: str
    tag: str
    digest: str

    @property
    def name(self) -> str:
        """The last part of the repository."""
        return self.repository.rpartition("/")[2]

    @property
    def floats(self) -> bool:
        """Whether it means another image tomorrow: the latest, said or unsaid."""
        return not self.digest and self.tag in {"", LATEST}


@functools.cache
def parse(name: str) -> Reference:
    """An image's name taken apart; what is no name comes apart somehow."""
    # It takes a fifth of a second, which `--help` has not.
    from docker.utils import parse_repository_tag  # noqa: PLC0415

    repository, end = parse_repository_tag(name)
    digest = (end or "") if "@" in name else ""
    if digest:
        repository, end = parse_repository_tag(repository)
    return Reference(repository, end or "", digest)
