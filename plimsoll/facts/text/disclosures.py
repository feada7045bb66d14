"""Secrets that stand in a compose file: in the environment, in commands, labels, build arguments and configs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plimsoll.facts.secrets import names, search
from plimsoll.facts.secrets.passwords import IN_COMMAND
from plimsoll.facts.text import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.composition import Composition

ASSIGNED = re.compile(r"(?<![\w$-])([A-Za-z_][\w.-]*)=[\"']?([^\s\"',;&|]+)")
"""A variable in front of a command, or a word of a connection string."""


ARGUMENT = re.compile(r"(?<!\S)[A-Z][A-Z0-9_]*(?!\S)")
"""The name of an argument as people write them, where nothing else stands beside it."""


REFERENCE = re.compile(r"\$(?:\$|\w+|\{\w+(?::?(?P<kind>[-+?])(?P<words>[^{}]*))?\})")
"""What stands for the caller's value of a variable, with the value that it has unless the caller sets one."""


def in_environment(composition: Composition) -> Iterator[tuple[str, str]]:
    """The secrets that are written into the environment of services: where they are set, and what each is."""
    for name, variable, value in _variables(composition):
        written = composition.written(name, "environment", variable)
        if what := _in_variable(variable, _spelled(variable, value, written)):
            yield _place(composition, name, variable), f"{name} is given {what} in {variable}"


def passed_on(composition: Composition) -> Iterator[tuple[str, str]]:
    """The secrets of the caller's that are put into the environment of services: where, and what each is."""
    for name, variable, value in _variables(composition):
        written = composition.written(name, "environment", variable)
        if _in_variable(variable, _spelled(variable, value, written)):
            continue
        if _in_variable(variable, value) or _is_the_callers(variable, value, written):
            yield _place(composition, name, variable), f"{name} is given the caller's secret in {variable}"


def _variables(composition: Composition) -> Iterator[tuple[str, str, str | None]]:
    """The service, the name and the value of each variable; None where the caller's is passed on."""
    for name, spec in composition.services.items():
        for variable, value in (spec.get("environment") or {}).items():
            yield name, variable, value


def _spelled(variable: str, value: str | None, written: str | None) -> str | None:
    """A variable's value without what is the caller's; all of it where it does not stand in the compose file."""
    if written is None:
        return value
    given = "" if written == variable else written.removeprefix(f"{variable}=")
    return REFERENCE.sub(lambda found: found["words"] if found["kind"] == "-" else "", given)


def _is_the_callers(variable: str, value: str | None, written: str | None) -> bool:
    """Whether a variable holds a secret that the caller sets, and has not set here."""
    return names.is_secret(variable) and (value is None or (not value and "$" in (written or "")))


def _in_variable(variable: str, value: str | None) -> str:
    """What secret a variable of that value holds, empty for none."""
    if value and (found := search.in_variable(variable, value)):
        return "a secret" if names.is_secret(variable) and found[0].what == IN_COMMAND else found[0].what
    return "a secret" if value and names.is_secret(variable) and not names.is_nothing(value) else ""


def _place(composition: Composition, service: str, variable: str) -> str:
    """Where a variable of a service is set: in the compose file, or in an env file that it names."""
    if composition.written(service, "environment", variable) is None:
        for word in (composition.written(service, "env_file") or "").split():
            file = composition.file.parent / word
            lines = file.read_text(errors="replace").splitlines() if file.is_file() else []
            for number, line in enumerate(lines, 1):
                if re.match(rf"\s*(?:export\s+)?{re.escape(variable)}\s*=", line):
                    return f"{file}:{number}"
    return composition.place(service, "environment", variable)


def elsewhere(composition: Composition) -> Iterator[tuple[str, str]]:
    """The secrets in all but the environment: where they stand, and what each is."""
    for name in composition.services:
        yield from ((composition.place(name, *path), found) for path, found in _in_service(composition, name))
    yield from ((composition.place_of(*path), found) for path, found in _at_top(composition.document))


def _in_service(composition: Composition, service: str) -> Iterator[tuple[tuple[str, ...], str]]:
    spec = composition.services[service]
    for key, line in services.commands(spec):
        if what := _in_command(line):
            yield (key, "test") if key == "healthcheck" else (key,), f"the {key} of {service} holds {what}"
    for argument, value in _arguments(composition, service).items():
        path = ("build", "args", argument)
        asked = _is_the_callers(argument, value, composition.written(service, *path))
        if what := "a secret of the caller's" if asked else _in_variable(argument, value):
            kept = f"as the argument {argument}, which its history keeps"
            yield path, f"the build of {service} is given {what} {kept}"
    for above, labels in _labels(spec, spec.get("build") or {}):
        for label, value in labels.items():
            if what := _in_label(label, value):
                yield (*above, label), f"the {above[-1].removesuffix('s')} {label} of {service} holds {what}"


def _at_top(document: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, given in (document.get("configs") or {}).items():
        if what := _in_command(given.get("content") or ""):
            yield ("configs", name, "content"), f"the config {name} holds {what}"
    for name, given in (document.get("volumes") or {}).items():
        for option, value in ((given or {}).get("driver_opts") or {}).items():
            if what := _in_command(str(value)) or _in_label(option, str(value)):
                yield ("volumes", name, "driver_opts", option), f"the option {option} of the volume {name} holds {what}"


def _arguments(composition: Composition, service: str) -> dict[str, str | None]:
    """What a build is given; compose leaves out those of the caller's that the caller has not set."""
    passed_on = ARGUMENT.findall(composition.written(service, "build", "args") or "")
    return {**dict.fromkeys(passed_on), **((composition.services[service].get("build") or {}).get("args") or {})}


def _labels(spec: dict[str, Any], build: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    for key in ("labels", "annotations"):
        yield (key,), spec.get(key) or {}
    yield ("logging", "options"), (spec.get("logging") or {}).get("options") or {}
    yield ("build", "labels"), build.get("labels") or {}
    yield ("deploy", "labels"), (spec.get("deploy") or {}).get("labels") or {}


def _in_label(label: str, value: str) -> str:
    if found := search.in_label(label, value):
        return found[0].what
    return "a secret" if value and names.is_secret(label) and not names.is_nothing(value) else ""


def _in_command(line: str) -> str:
    if found := search.in_command(line):
        return found[0].what.removesuffix(" in a command")
    secret = any(names.is_secret(name) and not names.is_nothing(value) for name, value in ASSIGNED.findall(line))
    return "a password" if secret else ""
