"""What the RUN steps of a Dockerfile install, read from their scripts: package lists, upgrades, dependencies."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from plimsoll.parsing import instructions, shell
from plimsoll.parsing.shell import Command, Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plimsoll.parsing.dockerfile import Dockerfile, Stage
    from plimsoll.parsing.instructions import Instruction

APT = {"apt", "apt-get", "aptitude"}
APT_INSTALLS = {"build-dep", "download", "install", "satisfy", "source"}
REFRESHES = {"--no-cache", "--update", "--update-cache", "-U"}
"""With these `apk add` needs no `apk update`."""

UPGRADES = {
    **{name: {"dist-upgrade", "full-upgrade", "safe-upgrade", "upgrade"} for name in APT},
    "apk": {"upgrade"},
    **{name: {"distro-sync", "update", "upgrade"} for name in ("dnf", "microdnf", "tdnf", "yum")},
    "zypper": {"dist-upgrade", "dup", "up", "update"},
}

INSTALLS = {
    **{name: {"install"} for name in (*APT, "dnf", "gem", "microdnf", "tdnf", "yum", "zypper")},
    "apk": {"add"},
    "bun": {"i", "install"},
    "bundle": {"install"},
    "cargo": {"fetch"},
    "composer": {"install"},
    "dotnet": {"restore"},
    "npm": {"ci", "clean-install", "i", "install"},
    "pip": {"install"},
    "pipenv": {"install", "sync"},
    "pnpm": {"fetch", "i", "install"},
    "poetry": {"install"},
    "uv": {"install", "sync"},
    "yarn": {"install"},
}
BARE = {"bundle", "yarn"}
"""Those that install when they are told nothing."""

COMPILERS = {"cargo": {"build", "install", "run", "test"}, "go": {"build", "install", "run", "test"}}
"""Those that fetch what is missing before they compile."""

LOCKS = {"cargo": ("Cargo.lock", "source ="), "go": ("go.sum", "h1:")}
"""What a compiler's lock file is called, and what it holds for a dependency."""

EVERYTHING = {".", "./", "/", "*", "./*"}
"""The sources of a COPY that takes all of the context."""


@functools.cache
def pipelines(run: Instruction) -> list[Pipeline]:
    """The pipelines of a RUN: of its line, and of the heredocs that are scripts themselves."""
    words = run.exec_form
    if words is not None:
        command = Command(tuple(words)) if words else None
        return [[command], *shell.inside(command)] if command else []
    if not run.is_for_a_shell:
        return []
    found = [] if run.is_one_heredoc else shell.pipelines(run.arguments)
    if run.is_one_heredoc or (found and found[0][0].name in shell.SHELLS):
        for body in run.heredocs:
            if shell.is_script(body):
                found = found + shell.pipelines(body)
    return found


def carriage_returns(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The heredocs that are scripts and whose lines end as Windows ends them: each line, and what comes of it."""
    for each in dockerfile.instructions:
        run = each.trigger or each
        for body in run.heredocs:
            first, end, _ = body.partition("\n")
            if not (first if end else body).endswith("\r"):
                continue
            if first.startswith("#!"):
                yield each.line, f"lines end in CR LF here, so that this script asks for {first[2:].strip(' ')!r}"
            elif run.keyword == "RUN" and run.is_one_heredoc and run.is_for_a_shell:
                yield each.line, "lines end in CR LF here, and the shell takes CR for a letter of each last word"


def commands(run: Instruction) -> list[Command]:
    """The commands of a RUN."""
    return [_plain(command) for pipeline in pipelines(run) for command in pipeline]


def _plain(command: Command) -> Command:
    """`python3.13 -m pip install` and `/venv/bin/pip3 install` are `pip install`."""
    words = command.words
    if re.fullmatch(r"python[\d.]*", command.name) and words[1:2] == ("-m",) and len(words) > 2:
        words = words[2:]
    name = re.sub(r"^pip[\d.]+$", "pip", PurePosixPath(words[0]).name)
    return Command((name, *words[1:]), command.outputs)


def _does(command: Command, verbs: dict[str, set[str]]) -> bool:
    """Whether a command is given one of its verbs; options with a value may stand before it."""
    return not verbs.get(command.name, set()).isdisjoint(command.operands[:3])


def installs(command: Command) -> bool:
    """Whether a command installs what others have made; the project itself does not count."""
    if command.name == "go":
        return command.operands[:2] == ["mod", "download"]
    if command.name == "mvn":
        return any(word.startswith("dependency:") for word in command.words)
    if command.name in BARE and not command.operands:
        return not {"--help", "--version", "-v"}.intersection(command.options)
    if not _does(command, INSTALLS):
        return False
    packages = [word for word in command.operands if word not in INSTALLS[command.name]]
    from_list = any(word.startswith(("-r", "--requirement")) for word in command.options)
    own = all(word.startswith((".", "/")) for word in packages) or "--no-deps" in command.options
    return from_list or not packages or not own


def installing(line: str) -> str:
    """The command of an instruction that installs what others have made, empty where none does.

    Args:
        line: the instruction as BuildKit tells it: of a heredoc the first line alone, as `<<EOF (npm ci...)`.

    """
    told = re.sub(r"<<-?\s*\\?[\"']?\w+[\"']? \((.*?)(?:\.\.\.)?\)$", r"\1", line)
    run = next(instructions.read(told), None)
    return next((str(each) for each in commands(run) if installs(each)), "") if run and run.keyword == "RUN" else ""


def upgrades(command: Command) -> bool:
    """Whether a command upgrades everything that is installed."""
    verbs = UPGRADES.get(command.name, set())
    return bool(verbs.intersection(command.operands[:1])) and not command.operands[1:]


def stale_lists(dockerfile: Dockerfile) -> list[tuple[int, int]]:
    """The lines of a RUN that updates package lists alone and of the first that installs from them."""
    found = set()
    for stage in dockerfile.stages:
        alone: dict[str, int] = {}
        for run in [run for parent in reversed(dockerfile.lineage(stage)) for run in parent.all("RUN")]:
            updated = {_updates(command) for command in commands(run)}
            used = {_uses_lists(command) for command in commands(run)}
            found |= {(alone.pop(family), run.line) for family in used - updated if family in alone}
            if not any(mount.get("type") == "cache" for mount in run.mounts):
                alone |= dict.fromkeys(updated - used - {""}, run.line)
    return sorted(found)


def _updates(command: Command) -> str:
    """The kind of package lists that a command updates, empty for none."""
    if command.name in APT and "update" in command.operands[:3]:
        return "apt"
    return "apk" if command.name == "apk" and REFRESHES.union({"update"}).intersection(command.words) else ""


def _uses_lists(command: Command) -> str:
    """The kind of package lists that a command installs from, empty for none."""
    if command.name in APT and APT_INSTALLS.intersection(command.operands[:3]):
        return "apt"
    return "apk" if command.name == "apk" and "add" in command.operands[:3] else ""


@dataclass
class _Seen:
    """What stands above an instruction: the line of a COPY of all sources, and what was installed before it."""

    copied: int = 0
    tools: set[str] = field(default_factory=set)


def repeated_installs(dockerfile: Dockerfile, folder: Path | None) -> Iterator[tuple[int, str, int]]:
    """Installations that every edit repeats: their line, the command, the line that brings the sources."""
    after: dict[int, _Seen] = {}
    for stage in dockerfile.stages:
        parents = dockerfile.lineage(stage)[1:]
        above = after[parents[0].index] if parents else _Seen()
        seen = _Seen(above.copied, set(above.tools))
        yield from _repeated(stage, seen, folder)
        after[stage.index] = seen


def _repeated(stage: Stage, seen: _Seen, folder: Path | None) -> Iterator[tuple[int, str, int]]:
    for instruction in stage.all("ADD", "COPY", "RUN"):
        if instruction.keyword != "RUN":
            if not instruction.flag("from") and EVERYTHING.intersection(instruction.sources):
                seen.copied = seen.copied or instruction.line
            continue
        cached = any(mount.get("type") == "cache" for mount in instruction.mounts)
        for command in commands(instruction):
            fetches = not cached and _does(command, COMPILERS) and _has_dependencies(command.name, folder)
            if not installs(command) and not fetches:
                continue
            if seen.copied and command.name not in seen.tools:
                yield instruction.line, str(command), seen.copied
            seen.tools.add(command.name)


def _has_dependencies(tool: str, folder: Path | None) -> bool:
    name, mark = LOCKS[tool]
    lock = folder / name if folder else None
    return lock is not None and lock.is_file() and mark in lock.read_text(errors="replace")
