"""What compose makes of files: one document, what it warns of, or why it takes none."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import subprocess
from typing import TYPE_CHECKING, Any

from plimsoll import engine
from plimsoll.errors import NotJudgedError, PlimsollError, UnreadableError
from plimsoll.parsing import positions
from plimsoll.units import show_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMEOUT = 30
"""Seconds that compose may take to read a file."""

PART = re.compile(r"neither an image nor a build context|(?:depends on|refers to) undefined")
"""What compose says of a file that is only read on top of another."""

WARNING = re.compile(r'level=warning msg="((?:[^"\\]|\\.)*)"')
DEMANDED = re.compile(r"required variable (\w+) is missing a value(?:: (.*))?")
MOST_DEMANDED = 20
"""Variables that are asked for one by one: compose tells of the first alone."""

MOST = 1_000_000
"""Bytes of a compose file, which people write."""

OFFLINE = {"COMPOSE_EXPERIMENTAL_GIT_REMOTE": "0", "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "0"}
"""Lets compose fetch nothing that a file includes or extends: text is judged without the network."""

REMOTE = re.compile(r"(?:git|OCI) remote resource is disabled")

LACKING = re.compile(r"env file (.+) not found: ")
MOST_LACKING = 20
"""Env files that may be missing: compose tells of the first alone."""

NO_COMPOSE = "no docker compose, which reads compose files: install the plugin of the `docker` command"

UNREAD = "which does not come to an end with it"
"""What is said of a file that is too much for compose."""

REMEDIES = (
    (UNREAD, "take out what its aliases multiply"),
    (r"(?i)cycle|circular", "let none include or extend itself"),
    (r"no such file or directory", "add the file, or take out the `include` or `extends` that names it"),
    (r"empty compose file", "write its `services`, or remove it"),
    (r"additional properties|unsupported", "spell it as the specification does, or use a compose that knows it"),
    (r"already defined", "leave one of the two"),
    (r"cannot start any token", "indent with spaces: YAML takes no tabs"),
    (
        r"undefined (?:service|volume|network|secret|config)|no such service",
        "declare it, or do not refer to it",
    ),
)
"""What to do about compose's words, the first that fits."""


class RefusedError(UnreadableError):
    """Compose does not accept a file, and so nothing in it can be judged."""


class UnsetError(PlimsollError):
    """A file demands variables that nobody has set, and so nothing in it can be judged here."""


@functools.cache
def resolved(files: tuple[Path, ...]) -> tuple[dict[str, Any], list[str]]:
    """The document of files, each on top of the one before, and what compose warns of.

    Where an env file is missing, that is among the warnings, and the services that name it are read without one.

    Raises:
        RefusedError: compose does not accept them; its own words are the cause.
        UnsetError: they demand variables that are not set.
        NotJudgedError: there is no compose here, one that is too old, or they are in part elsewhere.

    """
    for file in files:
        if (size := file.stat().st_size) > MOST:
            raise RefusedError(
                f"{file} is no compose file, it has {show_size(size)}", f"none is over {show_size(MOST)}"
            )
    done, lacking = _read(files)
    if done.returncode != 0:
        if why := _wanting() or _elsewhere(files, done):
            raise NotJudgedError(why)
        raise _refusal(files, done)
    warnings = [f"env file {name} is not there: the services that name it do not start" for name in lacking]
    warnings += [words.replace('\\"', '"') for words in WARNING.findall(done.stderr)]
    for file in files:
        warnings = [words.removeprefix(f"{file}: ") for words in warnings]
    # It writes `$$` for a dollar, so that it can be read again.
    return json.loads(done.stdout.replace("$$", "$")), [words.rstrip(".") for words in warnings]


@functools.cache
def is_part(file: Path) -> bool:
    """Whether a file is no composition by itself, but only on top of another."""
    done = _config((file,))
    return done.returncode != 0 and PART.search(done.stderr) is not None


def _read(files: tuple[Path, ...]) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """What compose makes of files, without the env files that are missing, and which those are."""
    done, lacking, services = _config(files), list[str](), set[str]()
    while (missing := LACKING.search(done.stderr)) and len(lacking) < MOST_LACKING:
        naming = set(_naming(files, missing[1])) - services
        if done.returncode == 0 or not naming:
            break
        lacking.append(missing[1])
        services |= naming
        reset: dict[str, object] = {"services": {name: {"env_file": []} for name in sorted(services)}}
        # JSON is YAML, but for the tag that takes away what was there before.
        done = _config(files, more=json.dumps(reset).replace('"env_file": ', '"env_file": !reset '))
    return done, lacking


def _naming(files: tuple[Path, ...], missing: str) -> Iterator[str]:
    """The services of files that name an env file."""
    here = files[0].parent
    for document in (each for file in files for each in positions.documents(file)):
        for name, service in document.at("services").entries():
            if any(here / word == here / missing for word in positions.words(service.at("env_file").node)):
                yield name


def _elsewhere(files: tuple[Path, ...], done: subprocess.CompletedProcess[str]) -> str:
    """Why files are not judged of which a part must be fetched; empty where none must be."""
    if not REMOTE.search(done.stderr):
        return ""
    return f"{files[-1]} takes a part of it from the network, which is not used to read text: have that part beside it"


@functools.cache
def _config(
    files: tuple[Path, ...], given: tuple[tuple[str, str], ...] = (), more: str = ""
) -> subprocess.CompletedProcess[str]:
    """What compose makes of files.

    Args:
        files: each is read on top of the one before.
        given: variables, with their values.
        more: what is read on top of all of them; empty for nothing.

    """
    options = ["--profile=*", "config", "--format=json", "--no-path-resolution"]
    command = ["docker", "compose", *(f"--file={file}" for file in files), *["--file=-"] * bool(more), *options]
    try:
        running = subprocess.Popen(
            command,
            cwd=files[0].parent,
            env={**os.environ, **OFFLINE, **dict(given)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except (FileNotFoundError, PermissionError) as error:
        return subprocess.CompletedProcess(command, 127, "", str(error))
    with running as process:
        try:
            output, errors = process.communicate(more, timeout=TIMEOUT)
        except BaseException as error:
            # The command is only what starts the plugin, which would go on without it.
            os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            output, errors = "", f"{UNREAD} within {TIMEOUT} s"
            process.wait()
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


@functools.cache
def _wanting() -> str:
    """Why what was said is not to be taken for compose's words: there is none, or one that may know too little."""
    version = engine.plugin_version("compose")
    if not version:
        return NO_COMPOSE
    if engine.is_older(version, engine.MINIMUM_COMPOSE):
        return f"docker compose {version} is too old, {engine.MINIMUM_COMPOSE} is needed: {engine.UPGRADE}"
    return ""


def _place(files: tuple[Path, ...], variable: str) -> Path:
    """The file that demands a variable; the last where an included one does."""
    return next((file for file in files if f"${{{variable}" in file.read_text(errors="replace")), files[-1])


def _refusal(files: tuple[Path, ...], done: subprocess.CompletedProcess[str]) -> PlimsollError:
    """Why compose takes the files not: in its words, with all variables that they demand."""
    demanded: dict[str, str] = {}
    while (missing := DEMANDED.search(done.stderr)) and missing[1] not in demanded and len(demanded) < MOST_DEMANDED:
        demanded[missing[1]] = (missing[2] or "").strip()
        done = _config(files, tuple((name, "1") for name in demanded))
    if demanded:
        # Compose takes them in no order.
        text = "\n".join(file.read_text(errors="replace") for file in files)
        ordered = sorted(demanded.items(), key=lambda each: (text.find(f"${{{each[0]}"), each[0]))
        told = ", ".join(f"{name} ({words})" if words else name for name, words in ordered)
        those = "this variable" if len(demanded) == 1 else "these variables"
        return UnsetError(
            f"{_place(files, next(iter(demanded)))} demands {those}, which nobody has set: {told}",
            f"set {'it' if len(demanded) == 1 else 'them'} in the environment, or in a file `.env` beside",
        )
    lines = [line.strip() for line in done.stderr.strip().splitlines() if "level=warning" not in line]
    cause = " ".join(lines or ["no reason given"]).removeprefix(f"validating {files[-1]}: ")
    remedy = next((each for pattern, each in REMEDIES if re.search(pattern, cause)), "fix it")
    if "know" in remedy:
        remedy += f": this one is {engine.plugin_version('compose')}"
    return RefusedError(f"{files[-1]} is not accepted by compose, {cause}", remedy)
