"""Rules about what a Dockerfile says: arguments, variables, labels, secrets among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.text import arguments, credentials, silenced
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.findings import Finding
    from plimsoll.parsing.dockerfile import Dockerfile


@rule(Level.ERROR)
def variables_are_declared(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """A variable that nothing sets is empty, silently: a path loses its middle, a tag its version."""
    return broken_at(diagnostics, fix="declare it with ARG or ENV in this stage, above where it is used")


@rule(Level.WARNING)
def declared_arguments_are_used(dockerfile: Dockerfile) -> list[Finding]:
    """An argument that nothing uses takes a value and ignores it: whoever passes one believes that it matters."""
    found = [(dockerfile.place(line), f"nothing uses ARG {name}") for line, name in arguments.unused(dockerfile)]
    return broken_at(
        found, fix="remove it; one from above the first FROM has to be declared again in the stage that uses it"
    )


@rule(Level.ERROR)
def no_secret_in_arguments_or_environment(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """Both stay in the image: anybody who has it reads them with `docker history` or `docker inspect`."""
    fix = "`RUN --mount=type=secret` for a build, a secret file or the environment at run time for the app"
    return broken_at(silenced.beside(diagnostics, dockerfile, arguments.secrets(dockerfile)), fix=fix)


@rule(Level.ERROR)
def no_secret_in_steps(dockerfile: Dockerfile) -> list[Finding]:
    """What a step runs or fetches is told by `docker history`, and to whoever reads the repository."""
    found = [(dockerfile.place(line), what) for line, what in credentials.in_steps(dockerfile)]
    return broken_at(found, fix="take it from `RUN --mount=type=secret`, from SSH, or at run time from a file")


@rule(Level.NOTE)
def labels_follow_their_schema(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """Registries, scanners and bots read these labels by their schema; what they can't read is as good as missing."""
    return broken_at(
        diagnostics, fix="see the OCI annotations: time as RFC 3339, licence as SPDX, version as semver, full git hash"
    )
