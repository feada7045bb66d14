"""Rules about what a Dockerfile has run in a container: its command, its health check, its ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.text import healthcheck, silenced
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.findings import Finding
    from plimsoll.parsing.dockerfile import Dockerfile


@rule(Level.WARNING)
def commands_are_in_exec_form(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """A shell between the engine and the program keeps SIGTERM to itself, and is not there at all on scratch."""
    return broken_at(diagnostics, fix='write a JSON array: `CMD ["program", "argument"]`')


@rule(Level.ERROR)
def one_command_and_one_health_check(diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """Only the last CMD, ENTRYPOINT or HEALTHCHECK of a stage counts: the others are read, believed and never run."""
    return broken_at(diagnostics, fix="leave one of each in a stage; two processes are two containers")


@rule(Level.ERROR)
def health_check_can_fail(dockerfile: Dockerfile) -> list[Finding]:
    """A check that passes whatever happens keeps sending traffic to an app that is down."""
    found = healthcheck.flaws(dockerfile, healthcheck.cannot_fail)
    return broken_at(found, fix="let it end with the exit code of what it asks: `curl --fail`, and nothing after it")


@rule(Level.ERROR)
def health_check_can_pass(dockerfile: Dockerfile) -> list[Finding]:
    """A check that fails however well the app is has it restarted for ever, and nothing that waits for it starts."""
    found = healthcheck.flaws(dockerfile, healthcheck.cannot_pass)
    return broken_at(found, fix="write what a shell is to read as a line, `CMD curl --fail ... || exit 1`, no array")


@rule(Level.ERROR)
def ports_are_valid_and_ssh_is_not_exposed(dockerfile: Dockerfile, diagnostics: list[tuple[str, str]]) -> list[Finding]:
    """EXPOSE is what others rely on; a shell over the network is `docker exec` with another door to guard."""
    found = [
        (instruction.line, f"EXPOSE {word} opens ssh")
        for stage in dockerfile.stages
        for instruction in stage.all("EXPOSE")
        for word in instruction.words
        if word.partition("/")[0] == "22"
    ]
    return broken_at(
        silenced.beside(diagnostics, dockerfile, found),
        fix="expose the ports that the app listens on, as `8080` or `8080/udp`",
    )
