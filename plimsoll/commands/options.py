"""What `plimsoll check` can be told, beside what it is to judge and by which rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plimsoll.rule import Level

if TYPE_CHECKING:
    from pathlib import Path

from plimsoll.given import NOTHING, Given

DEPTHS = ("text", "image", "run")
"""How far is looked, the nearest first: at what is written, at the image that it is built to, at its containers."""

FORMATS = ("text", "json", "sarif", "gitlab", "markdown", "github", "junit")
"""The formats that results are written in, people's first."""


@dataclass(frozen=True)
class Options:
    """How a subject is judged.

    Attributes:
        recursive: of folders, all that lies below them too.
        file: the Dockerfile of the folder that is judged; empty for those that are in it.
        target: the stage that is judged; empty for all that a Dockerfile is there to give.
        given: what builds are given beside their folders, and the platform that is meant.
        depth: how far is looked.
        base: as an image that others build on, which need not run anything.
        development: as an image that is never deployed.
        environment: what its containers are started with, beside what plimsoll.toml says.
        network: with containers that reach the network.
        patience: seconds that a container may take until it is ready; None for what its image asks for.
        helper: the image whose tools look into containers; empty for the usual one.
        keep: the images that are built for this stay.
        config: the plimsoll.toml that counts, in place of a folder's own.
        thorough: also by what takes more than ten seconds by itself.

    """

    recursive: bool = False
    file: str = ""
    target: str = ""
    given: Given = NOTHING
    depth: str = DEPTHS[-1]
    base: bool = False
    development: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    network: bool = False
    patience: float | None = None
    helper: str = ""
    keep: bool = False
    config: Path | None = None
    thorough: bool = False


@dataclass(frozen=True)
class Showing:
    """What of the results people are shown; other programs are given all of it.

    Attributes:
        verbose: every finding by itself, with its rule's address, and why each rule was left out.
        fail_on: the level from which on a finding fails the run.

    """

    verbose: bool = False
    fail_on: Level = Level.WARNING

    @property
    def least(self) -> Level:
        """The level down to which findings are shown; those below are counted."""
        return Level.NOTE if self.verbose or self.fail_on is Level.NOTE else Level.WARNING


USUAL = Showing()
"""What people are shown who have asked for nothing else."""
