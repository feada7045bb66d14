"""Rules about the services of a compose file: what they publish, wait for and run, and whether they start at all."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from plimsoll import references
from plimsoll.facts.text import healthcheck, owners, ports, services
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.composition import Composition
    from plimsoll.findings import Finding


@rule(Level.WARNING)
def compose_warns_of_nothing(composition: Composition) -> list[Finding]:
    """A warning that is always there hides the one that matters, such as a password that is blank."""
    found = ((composition.place(""), warning) for warning in composition.warnings)
    return broken_at(
        found,
        fix="fix what `docker compose config --quiet` tells; a variable has a default as `${NAME:-value}`, "
        "and an env file may be missing that says `required: false`",
    )


@rule(Level.WARNING)
def publishes_on_loopback_only(composition: Composition) -> list[Finding]:
    """A port that names no address is open to the whole network, past the host's firewall, which Docker goes around."""
    found = (
        (composition.place(name, *ports.path(port)), f"{name} publishes {ports.published(port)}")
        for name, spec in composition.services.items()
        for port in spec.get("ports") or []
        if not ipaddress.ip_address(port.get("host_ip") or "::").is_loopback
        and not ports.is_a_proxys(port, services.image(composition, name))
    )
    return broken_at(
        found, fix="publish it on 127.0.0.1, as in `127.0.0.1:8080:8080`, behind a proxy if others shall reach it"
    )


@rule(Level.ERROR)
def profiles_hold_all_that_they_need(composition: Composition) -> list[Finding]:
    """Compose refuses to start a service whose dependency is behind a profile that nobody has turned on."""
    return broken_at(
        _unreachable(composition),
        fix="give both the same profile, or neither one; "
        "or say `required: false` under `depends_on` where it can do without",
    )


def _unreachable(composition: Composition) -> Iterator[tuple[str, str]]:
    for name, spec in composition.services.items():
        for other, wait in (spec.get("depends_on") or {}).items():
            needed = set(composition.services.get(other, {}).get("profiles") or [])
            if not needed or not wait.get("required", True) or composition.profiles & needed:
                continue
            own = spec.get("profiles") or []
            lacking = [each for each in own if each not in needed]
            if own and not lacking:
                continue
            run = " ".join(["docker compose", *(f"--profile {each}" for each in lacking[:1]), "up"])
            which = " or ".join(sorted(needed))
            place = composition.place(name, "depends_on", other)
            yield place, f"{name} needs {other}, which only the profile {which} starts, so that `{run}` refuses"


@rule(Level.WARNING)
def services_wait_for_healthy_dependencies(composition: Composition) -> list[Finding]:
    """Started is not ready: a service that meets a database still starting fails now and then, mostly elsewhere."""
    return broken_at(
        (
            (composition.place(name, "depends_on", other), f"{name} {unready}")
            for name, spec in composition.services.items()
            for other, wait in (spec.get("depends_on") or {}).items()
            # A network or a volume that is shared makes compose wait as well, which nobody has written.
            if composition.written(name, "depends_on", other) is not None
            # A service that does without it copes with one that is not ready, too.
            and wait.get("required", True)
            and (unready := _unready(composition, other, wait["condition"]))
        ),
        fix="give the dependency a `healthcheck` and wait for it with `condition: service_healthy`, "
        "or for a job with `condition: service_completed_successfully`",
    )


def _unready(composition: Composition, other: str, condition: str) -> str:
    if condition == "service_started":
        return f"waits until {other} has started, not until it is ready"
    if other not in composition.services:
        return ""
    if condition == "service_healthy" and services.probed(composition, other) is False:
        return f"waits until {other} is healthy, and {other} has no health check"
    restart = composition.services[other].get("restart", "no")
    if condition == "service_completed_successfully" and restart in {"always", "unless-stopped"}:
        return f"waits until {other} has ended, and {other} is started again whenever it ends (restart: {restart})"
    return ""


@rule(Level.WARNING)
def volumes_belong_to_who_writes_them(composition: Composition) -> list[Finding]:
    """A new volume takes its owner from the image's folder; where there is none it is root's alone."""
    return broken_at(
        owners.foreign(composition),
        fix="make the folder in its Dockerfile and give it to the user, before USER: `RUN mkdir ... && chown ...`",
    )


@rule(Level.WARNING)
def services_use_fixed_tags(composition: Composition) -> list[Finding]:
    """An image whose tag moves, `latest` or none above all, is another one on the next machine and after a pull."""
    found = (
        (composition.place(name, "image"), f"{name} runs `{spec['image']}`, which {why}")
        for name, spec in composition.services.items()
        if "image" in spec and "build" not in spec and (why := references.parse(spec["image"]).moves)
    )
    return broken_at(
        found, fix="name a release line, and the distribution where there is a choice, as in `postgres:17-trixie`"
    )


@rule(Level.ERROR)
def compose_health_checks_can_pass_and_fail(composition: Composition) -> list[Finding]:
    """Others wait for a check that never passes until they give up; one that never fails hides that an app is down."""
    return broken_at(
        (
            (composition.place(name, "healthcheck", "test"), f"the health check of {name} tells nothing: {flaw}")
            for name, spec in composition.services.items()
            if (test := (spec.get("healthcheck") or {}).get("test"))
            and (flaw := _flaw(test, services.image(composition, name)))
        ),
        fix="let it end with the exit code of what it asks, 0 if all is well; "
        "what a shell is to read is one line, `[CMD-SHELL, ...]` or no array",
    )


def _flaw(test: list[str], base: str) -> str:
    return healthcheck.cannot_pass(test, base=base) or healthcheck.cannot_fail(test, base=base)
