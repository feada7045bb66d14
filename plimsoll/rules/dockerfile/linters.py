"""Rules about what linters find that no other rule owns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.errors import NotJudgedError
from plimsoll.facts.text import linters
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.findings import Finding
    from plimsoll.parsing.dockerfile import Dockerfile


@rule(Level.WARNING)
def uses_nothing_deprecated(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """What BuildKit warns of today, its next syntax refuses."""
    return broken_at(diagnostics, fix="write what replaced it: a label for MAINTAINER, `NAME=value` for `NAME value`")


@rule(Level.WARNING)
def docker_build_check_finds_nothing(build_checks: list[tuple[str, str]]) -> list[Finding]:
    """BuildKit knows best what it will do with a Dockerfile, and warns of what surprises people."""
    return broken_at(build_checks, fix="fix what `docker build --check` warns of; its reference explains every rule")


@rule(Level.WARNING)
def hadolint_finds_nothing(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """Hadolint knows the habits that cost size, safety or repeatability."""
    if line := linters.unreadable(dockerfile):
        raise NotJudgedError(f"hadolint does not read {line}, and so judges nothing of it")
    return broken_at(diagnostics, fix="fix it, or ignore it on that line with the reason: `# hadolint ignore=...`")
