"""Build arguments and environment of a Dockerfile: which arguments nothing can use, and which values are secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.project.dockerfile import PLATFORM_ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.project.dockerfile import Dockerfile
    from plimsoll.project.instructions import Instruction

PROXIES = {f"{name}_PROXY" for name in ("ALL", "FTP", "HTTP", "HTTPS", "NO")}
KNOWN = PLATFORM_ARGUMENTS | PROXIES | {name.lower() for name in PROXIES} | {"SOURCE_DATE_EPOCH"}
"""Build arguments that the builder itself uses."""

NO_SECRET = re.compile(r"(?:_FILE|_PATH|_DIR|_URL|_HOST|_TTL|_ID|_NAME|_SIZE|_LENGTH|_ALGORITHM)$|PUBLIC|^GPG_KEYS?$")
"""Names that speak of a secret and hold none: where it is, how long it is, the public half."""

NO_VALUE = re.compile(r"/\S*|true|false|yes|no")
"""Values that are no secret whatever their name says: a place, a switch."""

SECRETS = {
    "a password in an address": re.compile(r"\b[a-z][a-z0-9+.-]{1,30}://[^\s:/@$]{0,100}:[^\s/@${}]{1,100}@"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY"),
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,})"),
    "a GitLab token": re.compile(r"\bglpat-[\w-]{20,}"),
    "an npm token": re.compile(r"\bnpm_[A-Za-z0-9]{36}"),
    "a Slack token": re.compile(r"\bxox[abprs]-[\w-]{10,}"),
    "a Stripe key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
}
"""Values that are secrets whatever their name is."""


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
                if not _is_known(name) and not _mentions(text + instruction.arguments, name)
            )


def _unused_outside(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The arguments before the first FROM that no FROM uses and no stage declares again: nothing else sees them."""
    again = {name for stage in dockerfile.stages for each in stage.all("ARG") for name in each.pairs}
    text = "\n".join(
        [*(stage.written for stage in dockerfile.stages), *(each.arguments for each in dockerfile.declared)]
    )
    for declared in dockerfile.declared:
        for name in declared.pairs:
            if name not in again and not _is_known(name) and not _mentions(text, name):
                yield declared.line, name


def _is_known(name: str) -> bool:
    return name in KNOWN or name.startswith("BUILDKIT_")


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\$\{{?{re.escape(name)}\b", text) is not None


def secret_values(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The lines of ARG, ENV and LABEL with a value that is a secret, each with what it is."""
    for instruction in dockerfile.instructions:
        if instruction.keyword not in {"ARG", "ENV", "LABEL"}:
            continue
        for name, value in instruction.pairs.items():
            for what, pattern in SECRETS.items():
                if value and pattern.search(value):
                    yield instruction.line, f"{instruction.keyword} {name} holds {what}"


def holds_no_secret(instruction: Instruction, name: str) -> bool:
    """Whether an ARG or ENV of a variable gives no secret away although the name speaks of one."""
    value = instruction.pairs.get(name)
    return NO_SECRET.search(name.upper()) is not None or bool(value and NO_VALUE.fullmatch(value))
