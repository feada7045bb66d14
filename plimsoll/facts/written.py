"""The facts that are learned from what is written, by reading alone: they ask no engine and load little.

All the others are in the catalogue, which is loaded once one of them is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.registry import Depth, fact
from plimsoll.facts.text import linters

if TYPE_CHECKING:
    from plimsoll.facts.text.linters import Owned
    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.subject import Variant

DIAGNOSTICS = "diagnostics"
"""The fact of which each rule is given its own part."""


@fact(Depth.TEXT)
def dockerfile(subject: Variant) -> Dockerfile:
    """The Dockerfile, parsed."""
    return subject.dockerfile


@fact(Depth.TEXT)
def diagnostics(dockerfile: Dockerfile) -> Owned:
    """What hadolint says, by the name of the rule that it belongs to."""
    return linters.of_hadolint(dockerfile)
