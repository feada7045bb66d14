"""Other tools that judge Dockerfiles, images and compose files: what each says of a folder, and how long it takes.

They are taken as they come, without settings of ours. What can't be had here is left out, and told.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll import engine
from plimsoll.facts.text.hadolint import TOOLS
from plimsoll.say import say, saying
from workshop.root import BUILD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FOLDER = BUILD / "peers"
DIVE = "github.com/wagoodman/dive/cmd/dive@v0.13.2-0.20250516191726-d6c691947f8f"
"""The last commit: no release has been made since, and one without it does not build by today's Go."""
DCLINT = "dclint@3.1.0"
LONGEST = 300
"""Seconds after which a peer is given up."""
UNRESOLVED = "failed to resolve source metadata"
"""What BuildKit says of a base that it could not ask about."""
GRAVE = {"error", "warning"}


@dataclass(frozen=True)
class Subject:
    """What is judged.

    Attributes:
        folder: where it lies, with nothing in it that tells the verdict.
        dockerfile: its Dockerfile, None where it has none.
        compose: its compose file, None where it has none.
        image: what its image is called, empty where it could not be built.

    """

    folder: Path
    dockerfile: Path | None
    compose: Path | None
    image: str = ""


@dataclass(frozen=True)
class Said:
    """What a peer said of a subject.

    Attributes:
        rules: its own names of what it found, each once.
        grave: those of them that it calls an error or a warning.
        seconds: how long that took.

    """

    rules: tuple[str, ...]
    grave: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Peer:
    """One tool.

    Attributes:
        name: as people call it.
        reads: which attribute of a subject it judges.
        version: the version that is here.
        ask: asks it, and gives each rule with its level.

    """

    name: str
    reads: str
    version: str
    ask: Callable[[Subject], list[tuple[str, str]]]

    def said(self, subject: Subject) -> Said | None:
        """What it says of a subject; None of what is not its business."""
        if not getattr(subject, self.reads):
            return None
        begun = time.monotonic()
        found = self.ask(subject)
        seconds = time.monotonic() - begun
        rules = tuple(sorted({rule for rule, _ in found}))
        return Said(rules, tuple(sorted({rule for rule, level in found if level in GRAVE})), seconds)


def peers() -> list[Peer]:
    """Those that can be had here."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = [
        Peer("docker build --check", "dockerfile", _version("docker", "buildx", "version"), _build_check),
        Peer("hadolint", "dockerfile", _version(str(TOOLS / "hadolint"), "--version"), _hadolint),
        Peer("docker compose config", "compose", _version("docker", "compose", "version", "--short"), _compose_config),
    ]
    if _installed("go", FOLDER / "dive", ["go", "install", DIVE], {"GOBIN": str(FOLDER)}):
        found.append(Peer("dive", "image", DIVE.partition("@")[2].partition("-")[0], _dive))
    program = FOLDER / "node_modules/.bin/dclint"
    npm = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER), DCLINT]
    if _installed("npm", program, npm, {}):
        found.append(Peer("dclint", "compose", DCLINT.partition("@")[2], _dclint))
    return found


def _installed(tool: str, program: Path, command: Sequence[str], environment: dict[str, str]) -> bool:
    """Whether a program is here, which a package manager installs where it is not."""
    if program.exists():
        return True
    if shutil.which(tool):
        with saying(f"installing {program.name}"):
            done = _run(command, environment=environment)
        if program.exists():
            return True
        say(done.stderr.strip()[-300:])
    say(f"{program.name} is left out: it is installed with {tool}, which is missing or did not do it")
    return False


def _run(
    command: Sequence[str], folder: Path | None = None, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=LONGEST,
    )


def _version(*command: str) -> str:
    words = _run(command, environment=engine.environment()).stdout
    found = re.search(r"\d+\.\d+\.\d+", words)
    return found[0] if found else words.strip()


def _build_check(subject: Subject) -> list[tuple[str, str]]:
    command = ["docker", "buildx", "build", "--call=check,format=json", f"--file={subject.dockerfile}", "."]
    done = _run(command, subject.folder, engine.environment())
    start = done.stdout.find("{")
    if start < 0:
        return [("refused", "error")]
    answer = json.loads(done.stdout[start:])
    refusal = (answer.get("buildError") or {}).get("message", "")
    # That no registry answers is no verdict on a Dockerfile.
    refused = [("refused", "error")] if refusal and UNRESOLVED not in refusal else []
    return refused + [(each["ruleName"], "warning") for each in answer.get("warnings") or []]


def _hadolint(subject: Subject) -> list[tuple[str, str]]:
    done = _run([str(TOOLS / "hadolint"), "--no-fail", "--format=json", str(subject.dockerfile)], subject.folder)
    return [(each["code"], each["level"]) for each in json.loads(done.stdout or "[]")]


def _compose_config(subject: Subject) -> list[tuple[str, str]]:
    # As `docker compose up` would find its files, where they are called as it looks for them.
    usual = subject.compose is not None and subject.compose.name == "compose.yaml"
    chosen = [] if usual else [f"--file={subject.compose}"]
    done = _run(["docker", "compose", *chosen, "config", "--quiet"], subject.folder, engine.environment())
    if done.returncode != 0:
        return [("refused", "error")]
    return [("warned", "warning")] if done.stderr.strip() else []


def _dive(subject: Subject) -> list[tuple[str, str]]:
    done = _run([str(FOLDER / "dive"), "--ci", subject.image], subject.folder)
    return [(name, "warning") for name in re.findall(r"^\s*FAIL\S*\s+(\w+) ", done.stdout, re.MULTILINE)]


def _dclint(subject: Subject) -> list[tuple[str, str]]:
    # Of a folder it reads the override file, too.
    usual = subject.compose is not None and subject.compose.name == "compose.yaml"
    read = "." if usual else str(subject.compose)
    done = _run([str(FOLDER / "node_modules/.bin/dclint"), "--formatter=json", read], subject.folder)
    start = done.stdout.find("[")
    if start < 0:
        return [("refused", "error")]
    return [(each["rule"], each["type"]) for file in json.loads(done.stdout[start:]) for each in file["messages"]]
