"""Rules about what a container can do without: privilege, a network, configuration that nobody gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.facts.run.confinement import Failure
    from plimsoll.facts.run.experiments import WithoutEnvironment
    from plimsoll.findings import Finding
    from plimsoll.subject import Variant


@rule(Level.NOTE, serves=True, production=True)
def runs_with_least_privilege(least_privilege: list[Failure]) -> list[Finding]:
    """What works read-only, without capabilities and as any user can be locked down by whoever deploys it."""
    found = [
        (each.place, f"where {each.restriction or 'all that can be is taken away together'}: {each.what}")
        for each in least_privilege
    ]
    return broken_at(
        found, fix="keep what it writes in /tmp or a volume, and need no capability and no user of its own"
    )


@rule(Level.NOTE, serves=True, production=True)
def starts_without_the_network(offline: str) -> list[Finding]:
    """What a server can't reach when it starts it may reach a moment later: it must wait and say so, not give up."""
    return broken_at(
        [("", offline)] if offline else [],
        fix="ask for names and other services when they are needed, not at the start, and have all files in the image",
    )


@rule(Level.WARNING, serves=True, production=True, environment=True)
def names_the_configuration_it_misses(subject: Variant, without_environment: WithoutEnvironment) -> list[Finding]:
    """A variable that was forgotten is found in seconds where the program ends and names it, in hours where not."""
    names = sorted(subject.expected.environment)
    wanted = " or ".join(names)
    found = []
    if without_environment.code == 0:
        found.append(("", f"without {wanted} it ends with exit code 0, as if all were well"))
    elif without_environment.code is not None and not any(name in without_environment.said for name in names):
        found.append(
            ("", f"without {wanted} it ends and does not name it, its last lines are\n{without_environment.said}")
        )
    found += [(asked, f"without {wanted} it goes on, and {what}") for asked, what in without_environment.unmet]
    return broken_at(
        found, fix="read all configuration at the start, and end with another exit code than 0 and the name missed"
    )
