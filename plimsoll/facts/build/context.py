"""What of a build context reaches the builder, and what would if it were there.

Measured by a probe: a build that copies and mounts what the Dockerfile does, under the same ignore file. It is built on
the folder itself, which nothing is written to, and on a folder that holds nothing but what should never be sent.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.facts.build.probe import WILDCARD, Probe, Sent
from plimsoll.facts.image import published
from plimsoll.facts.secrets import files
from plimsoll.parsing.dockerfile import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.parsing.dockerfile import Dockerfile, Stage
    from plimsoll.parsing.instructions import Instruction
    from plimsoll.subject import Variant

REMOTE = re.compile(r"(?:https?|ftp|git|ssh)://|git@")

GIT = ".git/config"
THERE = "reaches the builder"
IF_THERE = "would reach the builder if it were there"

OUTPUT = {
    "Cargo.toml": ("target/debug/app",),
    "build.gradle": (".gradle/checksums.lock", "build/app.class"),
    "build.gradle.kts": (".gradle/checksums.lock", "build/app.class"),
    "composer.json": ("vendor/autoload.php",),
    "package.json": ("node_modules/left-pad/index.js",),
    "pom.xml": ("target/app.class",),
    "pyproject.toml": (".venv/bin/python",),
    "requirements.txt": (".venv/bin/python",),
    "setup.py": (".venv/bin/python",),
}
"""What a language's tools make in a folder, by the file that shows that they are used in it."""

OUTPUT_IF_IGNORED = (
    ".mypy_cache/x", ".next/x", ".pytest_cache/x", ".ruff_cache/x", "app.log", "bin/app", "build/app", "coverage/x",
    "dist/app.js", "obj/app.dll", "out/app",
)  # fmt: skip
"""What they may make, where the folder's own .gitignore names it."""

HARMLESS = re.compile(r"(?:^|[/._-])(?:demo|dist|example|fixtures?|sample|template|testdata|tests?)(?:[/._-]|$)")
"""Names of what is there to be looked at."""


@dataclass
class Context:
    """What reaches the builder.

    Attributes:
        sources: what the Dockerfile takes, each with the line that does.
        ignore: the ignore file that holds for it, None where there is none.
        sent: what comes of the folder as it is.
        missing: sources that are in the folder and do not come.
        secrets: what comes and is secret, each with what it is.
        unguarded: names of secrets that are not there, and would come if they were.
        output: folders that would come, or do, and that a build makes anew, each with which of both.

    """

    sources: dict[str, int]
    ignore: Path | None
    sent: Sent
    missing: list[str]
    secrets: dict[str, str]
    unguarded: list[str]
    output: dict[str, str]


def sources(dockerfile: Dockerfile) -> dict[str, int]:
    """Everything that a Dockerfile takes from its context, each with the first line that does."""
    found: dict[str, int] = {}
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            for path in _taken(instruction.trigger or instruction):
                found.setdefault(_resolved(path, dockerfile, stage), instruction.line)
    return found


def _taken(instruction: Instruction) -> Iterator[str]:
    if instruction.keyword in {"ADD", "COPY"} and not instruction.flag("from"):
        yield from (path for path in instruction.sources if not REMOTE.match(path))
    for mount in instruction.mounts if instruction.keyword == "RUN" else []:
        if mount.get("type", "bind") == "bind" and "from" not in mount:
            yield mount.get("source", ".")


def _resolved(path: str, dockerfile: Dockerfile, stage: Stage) -> str:
    """A source with the arguments' defaults put in and every other variable as a wildcard; none leads out."""
    given = dict(dockerfile.arguments)
    for instruction in stage.all("ARG", "ENV"):
        given |= {name: value for name, value in instruction.pairs.items() if value}
    path = VARIABLE.sub(lambda match: given.get(match[1] or match[2]) or match[4] or "*", path).replace("$", "?")
    return "/".join(part for part in path.split("/") if part not in {"", ".", ".."}) or "."


def ignore_file(file: Path, folder: Path) -> Path | None:
    """The ignore file that holds for a Dockerfile: its own, else the folder's."""
    candidates = (file.with_name(f"{file.name}.dockerignore"), folder / ".dockerignore")
    return next((each for each in candidates if each.is_file()), None)


@functools.cache
def measured(variant: Variant) -> Context:
    """What of a variant's folder reaches the builder.

    Raises:
        PlimsollError: it has no folder, or what it sends can't be measured.

    """
    folder, file = variant.folder, variant.file
    if folder is None or file is None:
        raise PlimsollError(f"{variant} has no folder", "name one that has a Dockerfile")
    taken, ignore = sources(variant.dockerfile), ignore_file(file, folder)
    with tempfile.TemporaryDirectory(prefix="plimsoll-context-") as temporary:
        own = Path(temporary, "probe")
        own.mkdir()
        probe = Probe(own, list(taken), ignore)
        sent = probe.of(folder, _may_hold_secrets)
        secrets, output = _secrets(folder), _output(folder, sent.files)
        would = _planted(probe, Path(temporary, "planted"), (*secrets, *output)).files
    return Context(
        sources=taken,
        ignore=ignore,
        sent=sent,
        missing=[] if sent.cut else [path for path in taken if _lacks(path, folder, sent)],
        secrets=_found(sent),
        unguarded=sorted(path for path in secrets if path in would and path not in sent.files),
        output={top: _is_there(top, sent) for top in sorted({_top(path) for path in output if path in would})},
    )


def _planted(probe: Probe, folder: Path, paths: Iterable[str]) -> Sent:
    """What a folder sends that holds some files and nothing else."""
    folder.mkdir()
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("planted\n")
    return probe.of(folder)


def _may_hold_secrets(path: str) -> bool:
    """Whether a file is looked into: no example, and nothing that a package manager put there."""
    return not HARMLESS.search(path) and not published.is_published(path)


def _is_there(top: str, sent: Sent) -> str:
    return THERE if any(path == top or path.startswith(f"{top}/") for path in sent.files) else IF_THERE


def _lacks(path: str, folder: Path, sent: Sent) -> bool:
    return path not in sent.sources and not WILDCARD.search(path) and (folder / path).exists()


def _found(sent: Sent) -> dict[str, str]:
    """The secrets that come of a folder as it is: named like one, with the content of one."""
    found = {}
    for path, head in sent.heads.items():
        what = files.first_secret(path, head)
        if what:
            found[path] = f"{THERE}, and holds {what}"
    git = any(path.startswith(".git/") for path in sent.files)
    return {**found, **({GIT: f"{THERE}, with all that ever was committed"} if git else {})}


def _secrets(folder: Path) -> list[str]:
    """The secrets to plant: a folder within a repository has no .git of its own."""
    inside = _git(folder, "rev-parse", "--show-prefix")
    return [*([] if inside else [GIT]), *files.EXPECTED, *_ignored(folder, files.EXPECTED_IF_IGNORED)]


def _output(folder: Path, files: Iterable[str]) -> list[str]:
    """What tools would make in a folder."""
    kinds = [made for manifest, made in OUTPUT.items() if (folder / manifest).is_file()]
    # Bytecode that is not there does no harm: of a source that has changed since, it is made anew.
    python = {path for path in files if "__pycache__/" in path}
    if not kinds and not python:
        return []
    made = {path for kind in kinds for path in kind} | python
    return sorted(made | (set(_ignored(folder, OUTPUT_IF_IGNORED)) if kinds else set()))


def _top(path: str) -> str:
    """What an ignore file would name for a path: its folder up to the first that only tools make."""
    parent = str(PurePosixPath(path).parent)
    return path if parent == "." else parent if parent.endswith("__pycache__") else path.partition("/")[0]


def _ignored(folder: Path, names: Iterable[str]) -> list[str]:
    """Those of some names that git would ignore in a folder."""
    return _git(folder, "check-ignore", "--no-index", *names).splitlines()


def _git(folder: Path, *arguments: str) -> str:
    if not shutil.which("git"):
        return ""
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else ""
