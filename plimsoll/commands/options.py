"""What `plimsoll check` can be told, beside what it is to judge and by which rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("text", "json", "junit", "sarif", "github")
"""The forms of what is printed, people's first."""


@dataclass(frozen=True)
class Options:
    """How a subject is judged.

    Attributes:
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

    base: bool = False
    development: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    network: bool = False
    patience: float | None = None
    helper: str = ""
    keep: bool = False
    config: Path | None = None
    thorough: bool = False
