"""Rules about the secrets of a compose file: where they must not stand, and what must not take them along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.build import given
from plimsoll.facts.text import disclosures
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.composition import Composition
    from plimsoll.findings import Finding


@rule(Level.ERROR)
def secrets_are_not_in_the_environment(composition: Composition) -> list[Finding]:
    """Whoever has the file has the secret; from the environment every child, `docker inspect` and crash reports do."""
    return broken_at(
        disclosures.in_environment(composition),
        fix="give it as a file: `secrets:`, and the path in a variable such as POSTGRES_PASSWORD_FILE",
    )


@rule(Level.WARNING)
def secrets_are_given_as_files(composition: Composition) -> list[Finding]:
    """Whoever sets it keeps it out of the file, but not from every child, `docker inspect` and crash reports."""
    return broken_at(
        disclosures.passed_on(composition),
        fix="give it as a file: `secrets:` with `environment:` or `file:`, and its path in a variable such as "
        "POSTGRES_PASSWORD_FILE",
    )


@rule(Level.ERROR)
def secrets_are_not_in_commands_or_builds(composition: Composition) -> list[Finding]:
    """Commands and labels are shown by `docker ps` and `inspect`; what a build is given stays in its history."""
    told = broken_at(
        disclosures.elsewhere(composition),
        fix="give it as a file: `secrets` to a service, `build.secrets` and `RUN --mount=type=secret` to a build",
    )
    copied = broken_at(
        given.secrets_sent(composition), fix="keep it outside of the build's folder, or name it in .dockerignore"
    )
    return [*told, *copied]
