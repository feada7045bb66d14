"""What a service of a compose file is made from: the image it runs, or what its build ends on."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plimsoll import references
from plimsoll.errors import PlimsollError
from plimsoll.parsing.dockerfile import VARIABLE, Dockerfile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plimsoll.composition import Composition
    from plimsoll.parsing.dockerfile import Stage
    from plimsoll.parsing.instructions import Instruction

UNPROBED = {
    "alpine", "busybox", "caddy", "cassandra", "clickhouse", "couchdb", "debian", "eclipse-mosquitto", "elasticsearch",
    "golang", "haproxy", "httpd", "influxdb", "mariadb", "memcached", "mongo", "mysql", "nats", "neo4j", "nginx",
    "node", "php", "postgres", "python", "rabbitmq", "redis", "ruby", "rust", "scratch", "traefik", "ubuntu",
    "valkey/valkey", "zookeeper",
}  # fmt: skip
"""Official images that bring no health check: their makers leave it to whoever runs them."""


@dataclass(frozen=True)
class Build:
    """How a service's image is built.

    Attributes:
        dockerfile: parsed, from the file or from the text in the compose file.
        stage: the one that is built.
        context: the folder that is sent to the builder.
        file: where the Dockerfile is.
        base: the image that its last stage stands on at last.

    """

    dockerfile: Dockerfile
    stage: Stage
    context: Path
    file: Path
    base: str

    @property
    def instructions(self) -> list[Instruction]:
        """Those of the stage and of all that it is built on, in the order in which they are done."""
        return [each for stage in reversed(self.dockerfile.lineage(self.stage)) for each in stage.instructions]


@functools.cache
def build(composition: Composition, service: str) -> Build | None:
    """How a service's image is built; None where it is not, or where that can't be read here."""
    given = composition.services[service].get("build")
    if not given or "://" in given.get("context", "") or given["context"].startswith("git@"):
        return None
    context = composition.file.parent / given.get("context", ".")
    file = context / given.get("dockerfile", "Dockerfile")
    try:
        inline = given.get("dockerfile_inline")
        dockerfile = Dockerfile(inline, composition.file) if inline else Dockerfile.read(file)
    except PlimsollError:
        return None
    stage = dockerfile.stage(given["target"]) if given.get("target") else dockerfile.last
    if stage is None:
        return None
    last = dockerfile.lineage(stage)[-1]
    arguments = {**dockerfile.arguments, **{name: value for name, value in (given.get("args") or {}).items() if value}}
    written = last.written.split()[0] if last.written else last.base
    base = VARIABLE.sub(lambda match: arguments.get(match[1] or match[2]) or match[4] or match[0], written)
    other = (given.get("additional_contexts") or {}).get(base, "")
    return Build(dockerfile, stage, context, file, other.removeprefix("docker-image://") or base)


def image(composition: Composition, service: str) -> str:
    """The image that tells what a service is: the one that its build ends on, else the one it runs."""
    found = build(composition, service)
    return found.base if found and "$" not in found.base else str(composition.services[service].get("image") or "")


def setting(composition: Composition, service: str, variable: str) -> str:
    """What a variable is in a service: by the compose file, else by its Dockerfile; empty where neither says."""
    given = composition.services[service].get("environment") or {}
    if given.get(variable) is not None:
        return str(given[variable])
    found = build(composition, service)
    pairs = [each.pairs for each in found.instructions if each.keyword == "ENV"] if found else []
    return next((pair[variable] or "" for pair in reversed(pairs) if variable in pair), "")


def probed(composition: Composition, service: str) -> bool | None:
    """Whether a service has a health check, its own or its image's; None where that can't be told here."""
    spec = composition.services[service]
    own = spec.get("healthcheck") or {}
    if own.get("disable"):
        return False
    if own.get("test"):
        return bool(own["test"][0] != "NONE")
    if found := build(composition, service):
        checks = [each for each in found.instructions if each.keyword == "HEALTHCHECK"]
        if checks:
            return checks[-1].arguments.strip().upper() != "NONE"
    # Given a registry's or somebody's name, it may be anything.
    return False if references.parse(image(composition, service)).repository in UNPROBED else None


def listens(composition: Composition, service: str) -> bool:
    """Whether a service has a port, as far as the compose file says, or the Dockerfile that it is built by."""
    spec = composition.services[service]
    found = build(composition, service)
    exposed = found is not None and any(each.keyword == "EXPOSE" for each in found.instructions)
    return bool(spec.get("ports") or spec.get("expose") or exposed)


def commands(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The command lines that a service is given, each with the key that gives it."""
    for key in ("entrypoint", "command"):
        if spec.get(key):
            yield key, " ".join(map(str, spec[key]))
    if test := (spec.get("healthcheck") or {}).get("test"):
        yield "healthcheck", " ".join(test[1:])
    for key in ("post_start", "pre_stop"):
        for hook in spec.get(key) or []:
            yield key, " ".join(hook.get("command") or [])


def mounted(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The volumes of a service by where they are mounted."""
    return {re.sub(r"(?<=.)/+$", "", mount["target"]): mount for mount in spec.get("volumes") or []}
