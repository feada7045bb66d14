"""An engine where none answers: installed from the distribution's packages, and started."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

from plimsoll import address, engine
from plimsoll.errors import PlimsollError
from plimsoll.say import say, saying
from workshop import packages

LOG = Path("/var/log/plimsoll-dockerd.log")
DAEMON_JSON = Path("/etc/docker/daemon.json")
DAEMON_SETTINGS = {
    "features": {"containerd-snapshotter": True},
    # The daemon's own rules empty the cache wherever a fifth of the disk is not free, and keep 3 GB of cache mounts:
    # what was compiled a minute ago is then compiled again. What is to stay free can't be the bound: BuildKit counts
    # blocks that are reserved for others as free.
    "builder": {
        "gc": {
            "enabled": True,
            "policy": [{"all": True, "reservedSpace": "10GB", "maxUsedSpace": "25GB"}],
        }
    },
}
SOURCES = Path("/etc/apt/sources.list.d/plimsoll-testing.sources")
PREFERENCES = Path("/etc/apt/preferences.d/plimsoll-docker")
"""What is written to offer Debian testing to apt."""
SYSTEMD = Path("/run/systemd/system")

DEBIAN_PACKAGES: tuple[str, ...] = ("docker.io", "docker-cli", "docker-buildx", "docker-compose")
UBUNTU_PACKAGES: tuple[str, ...] = ("docker.io", "docker-buildx", "docker-compose-v2")

OLDEST_SUFFICIENT_DEBIAN = 14
"""Debian 13 and older ship an engine below `engine.MINIMUM_ENGINE`: these take the four packages from testing."""

START_TIMEOUT = 60.0
"""Seconds that a started daemon may take until it answers."""


def ensure() -> engine.Engine:
    """The engine that answers, else one that is installed and started now, with the plugins that build.

    Raises:
        PlimsollError: there is none and it can't be installed here, or something of it is missing or too old.

    """
    ensure_answering()
    return engine.found()


def require_here() -> None:
    """Refuse to go on where the engine is another machine's: what is published there is on that machine's loopback.

    Raises:
        PlimsollError: so it is.

    """
    where = engine.where()
    if not where.is_here:
        raise PlimsollError(
            f"the engine is another machine's ({where.text}), and so would be the addresses of what is started",
            "run this on that machine; `plimsoll check` works with its engine from here",
        )


def ensure_answering() -> None:
    """Have an engine: the one that answers, else one that is installed and started now.

    Raises:
        PlimsollError: there is none and it can't be installed here, or the one that answers is too old.

    """
    engine.require_right()
    if not engine.answers():
        _require_root_on_debian()
        if not _complete():
            _install()
        _start()
    engine.info()


def _require_root_on_debian() -> None:
    what = f"Docker Engine {engine.MINIMUM_ENGINE} or newer with the buildx and compose plugins"
    where = engine.where()
    if where.variable or where.context:
        # Somebody's own choice, which another engine would not be.
        raise address.unanswered(where)
    here = f"no engine answers ({where.text})"
    if packages.distribution() not in {"debian", "ubuntu"}:
        raise PlimsollError(here, f"install and start {what}")
    if os.geteuid() != 0:
        raise PlimsollError(here, f"start it, or run this as root once to install {what}")
    if not _complete():
        packages.require_allowed(here, f"install and start {what}")


def _complete() -> bool:
    return bool(shutil.which("dockerd") and engine.plugin_version("buildx") and engine.plugin_version("compose"))


def _install() -> None:
    on_debian = packages.distribution() == "debian"
    names, suite = (DEBIAN_PACKAGES, "Debian") if on_debian else (UBUNTU_PACKAGES, "Ubuntu")
    release = platform.freedesktop_os_release().get("VERSION_ID", "")
    from_testing = on_debian and release and int(release) < OLDEST_SUFFICIENT_DEBIAN
    written = [] if DAEMON_JSON.exists() else [DAEMON_JSON]
    if from_testing:
        suite, written = "Debian testing", [*written, SOURCES, PREFERENCES]
    packages.announce(names, suite, written)
    if from_testing:
        offer_testing()
    if not DAEMON_JSON.exists():
        # Before the package's own service starts, so that the daemon never runs with the older image store.
        DAEMON_JSON.parent.mkdir(parents=True, exist_ok=True)
        DAEMON_JSON.write_text(json.dumps(DAEMON_SETTINGS, indent=2) + "\n")
    packages.install(names)


def offer_testing() -> None:
    """Offer Debian testing to apt, pinned so that nothing but the four packages is drawn from it unasked.

    Raises:
        PlimsollError: apt has no source of Debian from which that could be told.

    """
    for source in debian_sources():
        SOURCES.write_text(
            f"Types: deb\nURIs: {source['URIs'].split()[0]}\nSuites: testing\nComponents: main\n"
            f"Signed-By: {source.get('Signed-By', '/usr/share/keyrings/debian-archive-keyring.gpg')}\n"
        )
        PREFERENCES.write_text(
            "Package: *\nPin: release a=testing\nPin-Priority: 50\n\n"
            f"Package: {' '.join(DEBIAN_PACKAGES)}\nPin: release a=testing\nPin-Priority: 990\n"
        )
        return
    raise PlimsollError(
        "apt has no source of Debian's main archive",
        "add one to /etc/apt/sources.list.d/, then run this again",
    )


def debian_sources() -> list[dict[str, str]]:
    """The apt sources of Debian's main archive on this machine, as deb822 fields."""
    sources = []
    for file in sorted(Path("/etc/apt").glob("sources.list.d/*.sources")):
        for paragraph in file.read_text().split("\n\n"):
            lines = (line.partition(":") for line in paragraph.splitlines() if not line.startswith(("#", " ")))
            sources.append({key.strip(): value.strip() for key, _, value in lines})
    for file in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt").glob("sources.list.d/*.list"))]:
        for line in file.read_text().splitlines() if file.exists() else []:
            words = [word for word in line.split() if not word.startswith(("[", "signed-by", "arch"))]
            if words[:1] == ["deb"] and len(words) > 2:
                sources.append({"URIs": words[1], "Suites": words[2], "Components": " ".join(words[3:])})
    return [
        source
        for source in sources
        if source.get("URIs", "").split()[0:1]
        and source["URIs"].split()[0].rstrip("/").endswith("/debian")
        and "main" in source.get("Components", "").split()
        and "testing" not in source.get("Suites", "")
    ]


def _start() -> None:
    with saying("starting the Docker Engine"):
        if SYSTEMD.is_dir():
            subprocess.run(["systemctl", "start", "docker"], check=False)
        else:
            with LOG.open("ab") as log:
                arguments = [] if DAEMON_JSON.exists() else ["--feature", "containerd-snapshotter=true"]
                subprocess.Popen(
                    ["dockerd", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        deadline = time.monotonic() + START_TIMEOUT
        while not engine.answers():
            if time.monotonic() > deadline:
                where = "`journalctl --unit docker`" if SYSTEMD.is_dir() else str(LOG)
                raise PlimsollError("the Docker Engine was started but does not answer", f"read {where}")
            time.sleep(0.2)
    say(f"its log is in {LOG}" if not SYSTEMD.is_dir() else "it runs as a systemd service")
