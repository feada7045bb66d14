"""The Docker Engine: found, judged new enough, and spoken to."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plimsoll import address, bridge, caches, sdk
from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    import docker

    from plimsoll.address import Address

MINIMUM_ENGINE = "28.0"
"""The first engine that mounts an image into a container (`--mount type=image`)."""

MINIMUM_BUILDX = "0.20"
"""The first buildx whose bake file and `--check` are both as this repository uses them."""

MINIMUM_COMPOSE = "2.30"
"""The first Compose with `up --watch`, `develop.watch` actions and service hooks in one release."""

PROXIES = ("ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
"""The variables by which programs are told of proxies, in capitals or not. No image keeps those of a build."""

TIMEOUT = 120
"""Seconds after which an engine that says nothing is given up."""

UPGRADE = "upgrade it"


@dataclass(frozen=True)
class Engine:
    """What answers at the Docker socket, and the two plugins of its command line.

    Attributes:
        host: the socket's address.
        engine: version of the Docker Engine.
        buildx: version of the buildx plugin.
        compose: version of the Compose plugin.
        image_store: `containerd` or the name of the older storage driver.

    """

    host: str
    engine: str
    buildx: str
    compose: str
    image_store: str

    def __str__(self) -> str:
        """The line that every run prints, since figures mean little without it."""
        return (
            f"Docker Engine {self.engine} ({self.image_store} image store) at {self.host}, "
            f"buildx {self.buildx}, compose {self.compose}"
        )


@functools.cache
def where() -> Address:
    """The address that the `docker` command would speak to, and who says so.

    Raises:
        PlimsollError: what says so can't be right.

    """
    return address.found()


def host() -> str:
    """That address alone."""
    return where().text


def answers() -> bool:
    """Whether an engine answers now.

    Raises:
        PlimsollError: where it is asked for can't be an address.

    """
    connection = _connected(where(), timeout=5)
    if connection is not None:
        connection.close()
    return connection is not None


@functools.cache
def client() -> docker.DockerClient:
    """One connection to the engine for the whole process.

    Raises:
        PlimsollError: no engine answers.

    """
    require_right()
    connection = _connected(where(), TIMEOUT)
    if connection is None:
        raise address.unanswered(where(), bridge.bridge().last_words if where().is_spoken_to_by_command else "")
    return connection


def require_right() -> None:
    """Refuse to go on where the engine's socket is there and this user may not speak to it: it need not be started.

    Raises:
        PlimsollError: so it is.

    """
    if refused := address.refused(where()):
        raise refused


def _connected(to: Address, timeout: int) -> docker.DockerClient | None:
    if not to.is_listened_to:
        return None
    # The SDK takes longer to load than most that can be said without it: only who asks the engine waits for it.
    import docker  # noqa: PLC0415

    leading = bridge.bridge().address if to.is_spoken_to_by_command else to.text
    try:
        connection = docker.DockerClient(base_url=leading, timeout=timeout)
        connection.ping()
    except (docker.errors.DockerException, OSError):
        return None
    return connection


@functools.cache
def info() -> dict[str, Any]:
    """What the engine that answers says of itself, judged new enough.

    Raises:
        PlimsollError: none answers, or it is too old; its version is named.

    """
    said: dict[str, Any] = client().info()
    _at_least("Docker Engine", str(said["ServerVersion"]), MINIMUM_ENGINE)
    return said


def architecture() -> str:
    """The processor that its machine has, as images name it.

    Raises:
        PlimsollError: no engine answers.

    """
    told = str(info()["Architecture"])
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(told, told)


@functools.cache
def found() -> Engine:
    """The engine that answers, with its plugins, judged new enough.

    Raises:
        PlimsollError: none answers, a plugin is missing, or one of them is too old; its version is named.

    """
    said = info()
    # Side by side: each starts a program.
    with ThreadPoolExecutor() as pool:
        buildx, compose = pool.map(plugin_version, ("buildx", "compose"))
    store = "containerd" if "io.containerd.snapshotter.v1" in json.dumps(said.get("DriverStatus", [])) else None
    engine = Engine(
        host=host(),
        engine=str(said["ServerVersion"]),
        buildx=buildx,
        compose=compose,
        image_store=store or str(said["Driver"]),
    )
    _at_least("docker buildx", engine.buildx, MINIMUM_BUILDX)
    _at_least("docker compose", engine.compose, MINIMUM_COMPOSE)
    return engine


@functools.cache
def require_builder() -> None:
    """Refuse to go on where nothing can be built.

    Raises:
        PlimsollError: no engine answers, buildx is missing, or one of them is too old.

    """
    info()
    _at_least("docker buildx", plugin_version("buildx"), MINIMUM_BUILDX)


def plugin_version(plugin: str) -> str:
    """The version of a plugin of the `docker` command, empty where it is missing."""
    match = re.search(r"\bv?(\d+\.\d+[.\w+~-]*)", _docker(plugin, "version"))
    return match.group(1) if match else ""


def _docker(*arguments: str) -> str:
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=30, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def is_older(version: str, minimum: str) -> bool:
    """Whether a version, as a program tells it, is below another, or none that can be read."""
    return _numbers(version) < _numbers(minimum)


def _at_least(name: str, version: str, minimum: str) -> None:
    if not version:
        raise PlimsollError(f"{name} is missing", f"install version {minimum} or newer")
    if is_older(version, minimum):
        raise PlimsollError(f"{name} {version} is too old, {minimum} is needed", UPGRADE)


def _numbers(version: str) -> list[int]:
    """The numbers that a version begins with: none for what is no version, which so is below all."""
    match = re.match(r"\d+(\.\d+)*", version)
    return [int(number) for number in match[0].split(".")] if match else []


@functools.cache
def environment() -> dict[str, str]:
    """The environment for `docker` commands: the same engine as `client`, and its own builder.

    Another builder would neither see the local base images nor leave its results with the engine.
    """
    context = _docker("context", "show") or "default"
    builder = "default" if os.environ.get("DOCKER_HOST") else context
    # Provenance would give every rebuild of the same image another identity.
    own = {"BUILDX_BUILDER": builder, "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
    return {**os.environ, **own, **_where_buildx_writes()}


def _where_buildx_writes() -> dict[str, str]:
    """A folder of ours where buildx, which writes down what it does, can't in the user's: a home may be read-only."""
    if os.environ.get("BUILDX_CONFIG"):
        return {}
    configured = Path(os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker"))  # noqa: PTH111 - no error
    return {} if caches.is_writable(configured / "buildx") else {"BUILDX_CONFIG": str(caches.folder("buildx"))}


def proxies() -> list[str]:
    """The variables of the environment that name a proxy: what a build is told of, that may need it to install."""
    return [each for name in PROXIES for each in (name, name.lower()) if os.environ.get(each)]


def images(*patterns: str) -> dict[str, str]:
    """The images that the engine has, by name, each with its identity.

    Args:
        patterns: what names look like, as a shell has it, such as `app:*`; without any, all are listed, which takes
            the engine some hundredth of a second for each.

    """
    filters = {"reference": [*patterns]} if patterns else None
    # The list as it is: asking for each one fails where one is removed meanwhile.
    return {tag: str(row["Id"]) for row in client().api.images(filters=filters) for tag in row["RepoTags"] or []}


def failure(error: BaseException) -> PlimsollError | None:
    """What the user is told of an error that is the engine's or its connection's; None for any other error."""
    if not isinstance(error, sdk.DockerException | sdk.RequestException):
        return None
    words = next(iter(str(error).splitlines()), "") or type(error).__name__
    cause = f"the engine at {host()} does not do what it is asked, {words}"
    return PlimsollError(cause, "see that it runs, and try again")
