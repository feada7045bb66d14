"""Rules about compose files: what they publish, wait for, keep and grant."""

from __future__ import annotations

import ipaddress
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from plimsoll import references
from plimsoll.facts.secrets import names, search
from plimsoll.facts.text import databases
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.composition import Composition
    from plimsoll.findings import Finding

    Service = dict[str, Any]


HOST_FOLDERS = {
    PurePosixPath(folder)
    for folder in ("/boot", "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/usr", "/var/lib/docker", "/var/run")
}
HOST_CAPABILITIES = {"ALL", "BPF", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"}
"""Each is enough to get out of a container; DAC_READ_SEARCH opens any file of the host by its handle."""
UNCONFINED = re.compile(r"[:=]unconfined$|^label[:=]disable$")
ENGINE_SOCKET = re.compile(r"/(docker|podman|containerd)\.sock$")


def _databases_of(composition: Composition) -> dict[str, Service]:
    return {name: spec for name, spec in composition.services.items() if databases.is_one(spec)}


def _staying(composition: Composition) -> dict[str, Service]:
    """The services that are there to stay: no job that others wait for, and none that is started by hand."""
    return {
        name: spec
        for name, spec in composition.services.items()
        if name not in composition.jobs and not spec.get("profiles")
    }


@rule(Level.WARNING)
def compose_warns_of_nothing(composition: Composition) -> list[Finding]:
    """A warning that is always there hides the one that matters, such as a password that is blank."""
    found = ((composition.place(""), warning) for warning in composition.warnings)
    return broken_at(
        found, fix="fix what `docker compose config --quiet` warns of; a variable has a default as `${NAME:-value}`"
    )


@rule(Level.ERROR)
def publishes_on_loopback_only(composition: Composition) -> list[Finding]:
    """A port that names no address is open to the whole network, past the host's firewall, which Docker goes around."""
    found = (
        (composition.place(name, f"{port.get('published') or port['target']}"), f"{name} publishes {_published(port)}")
        for name, spec in composition.services.items()
        for port in spec.get("ports") or []
        if not ipaddress.ip_address(port.get("host_ip") or "::").is_loopback
    )
    return broken_at(
        found, fix="publish it on 127.0.0.1, as in `127.0.0.1:8080:8080`, behind a proxy if others shall reach it"
    )


def _published(port: dict[str, Any]) -> str:
    as_ = f"port {port['published']}" if port.get("published") else "a free port"
    return f"its port {port['target']} as {as_} of {port.get('host_ip') or 'every address'}"


@rule(Level.ERROR)
def databases_are_not_published(composition: Composition) -> list[Finding]:
    """Services reach a database by their network; a published one is open to every program that reaches the host."""
    found = (
        (composition.place(name, "ports:"), f"{name} is a database and publishes {_published(port)}")
        for name, spec in _databases_of(composition).items()
        for port in spec.get("ports") or []
    )
    return broken_at(
        found, fix="take out its `ports`; `docker compose exec` gives a client inside, a file of your own a port"
    )


@rule(Level.WARNING)
def services_wait_for_healthy_dependencies(composition: Composition) -> list[Finding]:
    """Started is not ready: a service that meets a database still starting fails now and then, mostly elsewhere."""
    return broken_at(
        (
            (composition.place(name, f"{other}"), f"{name} {_unready(composition, other, wait['condition'])}")
            for name, spec in composition.services.items()
            for other, wait in (spec.get("depends_on") or {}).items()
            if _unready(composition, other, wait["condition"])
        ),
        fix="give the dependency a `healthcheck` and wait for it with `condition: service_healthy`, "
        "or for a job with `condition: service_completed_successfully`",
    )


def _unready(composition: Composition, other: str, condition: str) -> str:
    if condition == "service_started":
        return f"waits until {other} has started, not until it is ready"
    if condition == "service_healthy" and composition.probed(other) is False:
        return f"waits until {other} is healthy, and {other} has no health check"
    return ""


@rule(Level.WARNING)
def services_use_fixed_tags(composition: Composition) -> list[Finding]:
    """An image whose tag moves, `latest` or none above all, is another one on the next machine and after a pull."""
    found = (
        (composition.place(name, "image:"), f"{name} runs `{spec['image']}`, which {why}")
        for name, spec in composition.services.items()
        if "image" in spec and "build" not in spec and (why := references.parse(spec["image"]).moves)
    )
    return broken_at(
        found, fix="name a release line, and the distribution where there is a choice, as in `postgres:17-trixie`"
    )


@rule(Level.ERROR)
def secrets_are_not_in_the_environment(composition: Composition) -> list[Finding]:
    """Environment is inherited by every child, shown by `docker inspect`, and printed by many a crash report."""
    found = (
        (composition.place(name, variable), f"{name} is given {what} in {variable}")
        for name, spec in composition.services.items()
        for variable, value in (spec.get("environment") or {}).items()
        if (what := _secret(variable, value, composition.text(name, variable)))
    )
    return broken_at(
        found, fix="give it as a file: `secrets:`, and the path in a variable such as POSTGRES_PASSWORD_FILE"
    )


def _secret(variable: str, value: str | None, written: str) -> str:
    """What secret a variable holds; what is passed on from the caller is empty where the caller has none."""
    if value and (found := search.in_variable(variable, value)):
        return found[0].what
    if not names.is_secret(variable):
        return ""
    if value is None or (not value and "$" in written):
        return "a secret of the caller's"
    return "" if names.is_nothing(value) else "a secret"


@rule(Level.ERROR)
def databases_keep_their_data_in_named_volumes(composition: Composition) -> list[Finding]:
    """Data anywhere else is lost with the container, or with the first `down` that nobody thought about."""
    return broken_at(
        (
            (composition.place(name, "volumes:"), f"{name} {stray}")
            for name, spec in _databases_of(composition).items()
            if (stray := _stray_data(spec))
        ),
        fix="mount a named volume there, declared under the top-level `volumes`",
    )


def _stray_data(spec: Service) -> str:
    """Where a database keeps its data if that is no named volume; empty where it is one, or is not known."""
    expected = databases.data_paths(spec)
    mounts = {mount["target"].rstrip("/"): mount for mount in spec.get("volumes") or []}
    memory = {path.partition(":")[0].rstrip("/") for path in spec.get("tmpfs") or []}
    if not expected or expected & memory:
        # In memory is meant for throwing away, and says so.
        return ""
    there = [mounts[path] for path in expected if path in mounts]
    if not there:
        return f"has no volume at {' or '.join(sorted(expected))}, where this version keeps its data"
    if any(mount["type"] == "bind" for mount in there):
        return f"keeps its data in a folder of the host, {there[0]['source']}"
    if any(mount["type"] == "volume" and not mount.get("source") for mount in there):
        return f"keeps its data in a volume without a name, at {there[0]['target']}"
    return ""


@rule(Level.ERROR)
def grants_no_privileges_or_host_namespaces(composition: Composition) -> list[Finding]:
    """Each of these hands a container the host: from there, breaking out is a command and no exploit."""
    found = (
        (composition.place(name, word), f"{name} {what}")
        for name, spec in composition.services.items()
        for word, what in _granted(spec)
    )
    return broken_at(found, fix="take it out, or waive this rule in the file with the reason why nothing less will do")


def _granted(spec: Service) -> Iterator[tuple[str, str]]:
    """What a service is granted of the host: a word that marks its line, and what it is."""
    if spec.get("privileged"):
        yield "privileged", "is privileged"
    for key in ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup"):
        if spec.get(key) == "host":
            yield f"{key}:", f"shares the host's namespace ({key}: host)"
    for capability in spec.get("cap_add") or []:
        if capability.upper().removeprefix("CAP_") in HOST_CAPABILITIES:
            yield capability, f"is given the capability {capability}"
    for option in spec.get("security_opt") or []:
        if UNCONFINED.search(option):
            yield option, f"is not confined by the kernel ({option})"
    for device in spec.get("devices") or []:
        yield device["source"], f"is given the host's device {device['source']}"
    for mount in spec.get("volumes") or []:
        source = mount.get("source", "")
        if mount["type"] == "bind" and ENGINE_SOCKET.search(source):
            yield source, f"is given the engine's socket, {source}: whoever speaks to it is root (read-only or not)"
        elif mount["type"] == "bind" and any(path.is_relative_to(source) for path in HOST_FOLDERS):
            yield source, f"is given the host's folder {source}"
        if mount.get("bind", {}).get("propagation") in {"shared", "rshared"}:
            yield source, f"mounts on the host too whatever it mounts under {source}"


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
        (composition.place(name, "restart:"), f"{name} stays down once it has died")
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
        (composition.place(name, "healthcheck:"), f"{name} listens and has no health check")
        for name in _staying(composition)
        if composition.listens(name) and composition.probed(name) is False
    )
    return broken_at(found, fix="add a HEALTHCHECK to its image, or a `healthcheck` here")
