"""The tags under which an image is published, and which of them may be moved away from another image."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workshop.publishing.source import Source

MAIN = "main"
EDGE = "edge"

LABEL = "org.opencontainers.image."
"""What the names of the labels begin with that OCI describes; annotations of an image tell the same."""


class Kind(Enum):
    """What a tag promises."""

    VERSION = "it is one image for ever"
    LINE = "it is the newest version that begins so"
    COMMIT = "it was built from that commit"
    EDGE = "it is the newest commit of the main branch"


@dataclass(frozen=True)
class Tag:
    """A tag of an image.

    Attributes:
        text: it.
        kind: what it promises.

    """

    text: str
    kind: Kind


class Move(Enum):
    """What is to be done about a tag that stands for another image."""

    MOVE = "it is moved"
    STAY = "it stays"
    TAKEN = "it may not be moved"


def of(source: Source) -> list[Tag]:
    """The tags under which a commit's images are published: never one that tells nothing of what it stands for.

    Raises:
        PlimsollError: it has neither a version nor is it the main branch's.

    """
    commit = Tag(f"sha-{source.short}", Kind.COMMIT)
    if not source.version:
        if source.branch != MAIN:
            named = f"branch {source.branch}" if source.branch else "no branch"
            raise PlimsollError(
                f"without TAG a commit of {MAIN} is published, and {named} is checked out",
                f"name its tag (TAG=v1.4.2), or `git checkout {MAIN}`",
            )
        return [Tag(EDGE, Kind.EDGE), commit]
    line = [] if "-" in source.version else [Tag(source.version.rpartition(".")[0], Kind.LINE)]
    return [Tag(source.version, Kind.VERSION), *line, commit]


def decide(tag: Tag, source: Source, there: Mapping[str, str]) -> Move:
    """What is to be done about a tag that stands for another image.

    Args:
        tag: it.
        source: what is published.
        there: the annotations of what it stands for.

    """
    if tag.kind is Kind.LINE:
        return Move.STAY if _numbers(there.get(f"{LABEL}version", "")) > _numbers(source.version) else Move.MOVE
    if tag.kind is Kind.EDGE:
        # Two commits are published side by side, and the older one's comes later.
        return Move.STAY if there.get(f"{LABEL}created", "") > source.created else Move.MOVE
    if tag.kind is Kind.COMMIT and there.get(f"{LABEL}revision") == source.revision:
        return Move.STAY
    return Move.TAKEN


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version.partition("-")[0])]
