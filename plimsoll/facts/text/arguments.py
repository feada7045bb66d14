"""Build arguments and environment of a Dockerfile: which arguments nothing can use, and which values are secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.facts.secrets import names, search
from plimsoll.facts.text import silenced
from plimsoll.parsing.dockerfile import PLATFORM_ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.parsing.instructions import Instruction

PROXIES = {f"{name}_PROXY" for name in ("ALL", "FTP", "HTTP", "HTTPS", "NO")}
KNOWN = PLATFORM_ARGUMENTS | PROXIES | {name.lower() for name in PROXIES} | {"SOURCE_DATE_EPOCH"}
"""Build arguments that the builder itself uses."""

BY_NAME = ("SecretsUsedInArgOrEnv", "DL3064")
"""The linters' rules about variables whose name says that they hold a secret."""


def unused(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The arguments that surely nothing uses: their line and name.

    A RUN is given every argument as an environment variable, so that one before a RUN may be used by its programs.
    """
    yield from _unused_outside(dockerfile)
    for stage in dockerfile.stages:
        heirs = [each for each in dockerfile.stages if each is not stage and stage in dockerfile.lineage(each)]
        inherited = [instruction for heir in heirs for instruction in heir.instructions]
        for index, instruction in enumerate(stage.instructions):
            later = [*stage.instructions[index + 1 :], *inherited]
            if instruction.keyword != "ARG" or any(each.keyword in {"ONBUILD", "RUN"} for each in later):
                continue
            text = "\n".join(f"{each.arguments} {each.flags} {each.heredocs}" for each in later)
            yield from (
                (instruction.line, name)
                for name in instruction.pairs
                if not is_known(name) and not _mentions(text + instruction.arguments, name)
            )


def _unused_outside(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The arguments before the first FROM that no FROM uses and no stage declares again: nothing else sees them."""
    again = {name for stage in dockerfile.stages for each in stage.all("ARG") for name in each.pairs}
    text = "\n".join(
        [*(stage.written for stage in dockerfile.stages), *(each.arguments for each in dockerfile.declared)]
    )
    for declared in dockerfile.declared:
        for name in declared.pairs:
            if name not in again and not is_known(name) and not _mentions(text, name):
                yield declared.line, name


def is_known(name: str) -> bool:
    """Whether the builder itself uses a build argument of that name."""
    return name in KNOWN or name.startswith("BUILDKIT_")


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\$\{{?{re.escape(name)}\b", text) is not None


def secrets(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The lines of ARG, ENV and LABEL that give a secret away, each with what it is."""
    quiet = silenced.lines(dockerfile, BY_NAME)
    for instruction in dockerfile.instructions:
        if instruction.keyword in {"ARG", "ENV", "LABEL"}:
            for name in instruction.pairs:
                for what in _given(instruction, name, by_name=instruction.line not in quiet):
                    yield instruction.line, what


def _given(instruction: Instruction, name: str, *, by_name: bool) -> Iterator[str]:
    """What secrets an ARG, ENV or LABEL gives away with one name, or the name itself says that it holds."""
    value = instruction.pairs[name] or ""
    if instruction.keyword == "LABEL":
        found = search.in_label(name, value)
    else:
        found = search.in_variable(name if by_name else "", value)
        if not found and by_name and is_secret(instruction, name):
            yield f"{instruction.keyword} {name} is there for a secret, as its name says"
    yield from (f"{instruction.keyword} {name} holds {each.what}" for each in found)


def is_secret(instruction: Instruction, name: str) -> bool:
    """Whether a variable of an ARG or ENV is there for a secret, as its name says."""
    return names.is_secret(name) and not holds_no_secret(instruction, name)


def holds_no_secret(instruction: Instruction, name: str) -> bool:
    """Whether an ARG or ENV of a variable gives no secret away although the name speaks of one.

    An argument without a value is given one when the image is built; what a variable stands for is in the image too.
    """
    value = instruction.pairs.get(name)
    if value is None or value.startswith("$") or (not value and instruction.keyword == "ARG"):
        return names.is_about(name)
    return names.holds_none(name, value)
