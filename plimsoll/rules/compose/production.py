"""Rules about compose files for production: limits, hardening, and coming back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plimsoll.facts.text import services
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.composition import Composition
    from plimsoll.findings import Finding

    Service = dict[str, Any]


def _staying(composition: Composition) -> dict[str, Service]:
    """The services that are there to stay: no job that others wait for, and none that is started by hand."""
    return {
        name: spec
        for name, spec in composition.services.items()
        if name not in composition.jobs and not spec.get("profiles")
    }


@rule(Level.WARNING, production=True)
def production_services_have_limits(composition: Composition) -> list[Finding]:
    """Without a limit, one service that leaks or forks takes down all the others, and the host with them."""
    found = (
        (composition.place(name), f"{name} has no limit of {' and '.join(missing)}")
        for name, spec in composition.services.items()
        if (missing := _unlimited(spec))
    )
    return broken_at(found, fix="set `mem_limit`, `cpus` and `pids_limit`, or the same under `deploy.resources.limits`")


def _unlimited(spec: Service) -> list[str]:
    """What a service has no limit of; 0 and -1 mean none."""
    deployed = (spec.get("deploy") or {}).get("resources", {}).get("limits") or {}
    values = {
        "memory": spec.get("mem_limit") or deployed.get("memory"),
        "processors": spec.get("cpus") or spec.get("cpu_quota") or deployed.get("cpus"),
        "processes": spec.get("pids_limit") or deployed.get("pids"),
    }
    return [what for what, value in values.items() if float(value or 0) <= 0]


@rule(Level.NOTE, production=True)
def production_services_are_hardened(composition: Composition) -> list[Finding]:
    """Whoever breaks into a service finds nothing to write to, no capability, and no setuid program that works."""
    found = (
        (composition.place(name), f"{name} lacks {', '.join(f'`{line}`' for line in missing)}")
        for name, spec in composition.services.items()
        if (missing := _unhardened(spec))
    )
    return broken_at(found, fix="add it, a `tmpfs` where the program writes, and with `cap_add` what it fails without")


def _unhardened(spec: Service) -> list[str]:
    """The lines that a service lacks."""
    capabilities = {name.upper() for name in spec.get("cap_drop") or []}
    options = {re.sub("[:=]true$", "", option) for option in spec.get("security_opt") or []}
    lines = {
        "read_only: true": spec.get("read_only"),
        "cap_drop: [ALL]": "ALL" in capabilities,
        "security_opt: [no-new-privileges]": "no-new-privileges" in options,
    }
    return [line for line, there in lines.items() if not there]


@rule(Level.WARNING, production=True)
def production_services_restart(composition: Composition) -> list[Finding]:
    """What dies at night shall be back before anybody wakes; the engine does it if it is told to."""
    found = (
        (composition.place(name, "restart"), f"{name} stays down once it has died")
        for name, spec in _staying(composition).items()
        if not _restarts(spec)
    )
    return broken_at(found, fix="say `restart: unless-stopped`")


def _restarts(spec: Service) -> bool:
    policy = (spec.get("deploy") or {}).get("restart_policy")
    return spec.get("restart", "no") != "no" or (policy is not None and policy.get("condition") != "none")


@rule(Level.WARNING, production=True)
def production_services_have_health_checks(composition: Composition) -> list[Finding]:
    """A process that runs and answers nothing looks alive to everybody; only a health check knows better."""
    found = (
        (composition.place(name, "healthcheck"), f"{name} listens and has no health check")
        for name in _staying(composition)
        if services.listens(composition, name) and services.probed(composition, name) is False
    )
    return broken_at(found, fix="add a HEALTHCHECK to its image, or a `healthcheck` here")
