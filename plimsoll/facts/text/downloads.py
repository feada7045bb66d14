"""What a Dockerfile downloads and then runs or unpacks, and whether anything checks that it is what it should be."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from plimsoll.facts.text import steps
from plimsoll.parsing import shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.parsing.dockerfile import Dockerfile, Stage
    from plimsoll.parsing.instructions import Instruction
    from plimsoll.parsing.shell import Command

INTERPRETERS = {"node", "perl", "php", "python", "python3", "ruby"}
UNPACKERS = {"bsdtar", "cpio", "gunzip", "tar", "unxz", "unzip", "xz", "zcat"}
USERS = {"apt", "apt-get", "chmod", "dpkg", "install", "rpm", "source", "."} | INTERPRETERS | UNPACKERS | shell.SHELLS
RUNNABLE = (
    ".apk", ".appimage", ".bin", ".bz2", ".deb", ".gz", ".jar", ".jsa", ".py", ".rpm", ".run", ".sh", ".so", ".tar",
    ".tbz", ".tgz", ".war", ".whl", ".xz", ".zip", ".zst",
)  # fmt: skip
CHECKS = re.compile(
    r"\b(?:(?:sha\d+|b2|md5)sum|shasum|gpgv|gpg2?\b[^\n;&|]{0,200}--verify|cosign\s+verify\S*|minisign|slsa-verifier"
    r"|openssl\s+(?:dgst|sha\d+)|signify|rpm\s+(?:-K|--checksig))"
)
INNER = re.compile(
    rf"\b(?:{'|'.join(sorted(shell.SHELLS))}|eval|source)\b[^|;&\n]{{0,40}}?(?:<\(|\$\(|`)\s*(?:curl|wget)\b"
)
NEAR = ("file:", "http://127.0.0.1", "http://localhost", "https://localhost")
WEB = ("http://", "https://", "ftp://")


def unverified(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The lines that use a download unseen, each with what it does."""
    for stage in dockerfile.stages:
        for instruction in stage.all("ADD", "RUN"):
            if instruction.keyword == "ADD":
                yield from ((instruction.line, what) for what in _added(instruction))
            else:
                yield from ((instruction.line, what) for what in _run(stage, instruction))


def _added(add: Instruction) -> Iterator[str]:
    if add.flag("checksum"):
        return
    for source in add.sources:
        if source.startswith(WEB) and not re.search(r"\.git(?:[#?]|$)", source):
            yield f"`ADD {source}` takes whatever the server sends"


def _run(stage: Stage, run: Instruction) -> Iterator[str]:
    for pipeline in steps.pipelines(run):
        for index, command in enumerate(pipeline):
            reader = next(filter(_uses_input, pipeline[index + 1 :]), None)
            if _is_far(command) and _target(command) == "-" and reader:
                yield f"`{command}` is piped into `{reader}`"
    if inner := INNER.search(run.script):
        yield f"`{inner[0]}` runs what it downloads"
    after = [each for each in stage.all("RUN") if each.line >= run.line]
    if any(CHECKS.search(each.script) for each in after):
        return
    here = [command for pipeline in steps.pipelines(run) for command in pipeline]
    for command in here:
        target = _target(command) if _is_far(command) else ""
        if target not in {"", "-"} and _is_used(target, here):
            yield f"`{command}` is used and nothing checks what came"


def _is_far(command: Command) -> bool:
    """Whether a command downloads something, from elsewhere than this machine."""
    return command.name in {"curl", "wget"} and bool(_url(command)) and not _url(command).startswith(NEAR)


def _url(command: Command) -> str:
    return next((word for word in command.operands if "://" in word or word.startswith("$")), "")


def _target(command: Command) -> str:
    """The file that a download is kept in, `-` for the standard output, empty where it is thrown away."""
    target = _named(command) or (command.outputs[-1] if command.outputs else "")
    if not target:
        leaf = PurePosixPath(_url(command).partition("?")[0]).name
        by_url = command.name == "wget" or any(re.fullmatch(r"-[a-zA-Z]*O|--remote-name", w) for w in command.options)
        target = leaf if by_url else "-"
    return "" if target == "/dev/null" else target


def _named(command: Command) -> str:
    short, long = ("o", "--output") if command.name == "curl" else ("O", "--output-document")
    for index, word in enumerate(command.words[1:], 1):
        if re.fullmatch(rf"-[a-zA-Z]*{short}|{long}", word):
            return "".join(command.words[index + 1 : index + 2])
        if word.startswith(f"{long}="):
            return word.partition("=")[2]
        if match := re.fullmatch(rf"-[a-zA-Z]*{short}(\S+)", word) if command.name == "wget" else None:
            return match[1]
    return ""


def _uses_input(command: Command) -> bool:
    """Whether a command runs or unpacks what is piped into it."""
    if command.name in shell.SHELLS:
        return not any(re.fullmatch(r"-[a-z]*c", word) for word in command.options) and (
            not command.operands or "-s" in command.options
        )
    if command.name in INTERPRETERS:
        return not command.operands and {"-c", "-e", "-m"}.isdisjoint(command.options)
    return command.name in UNPACKERS


def _is_used(target: str, pipelines: list[Command]) -> bool:
    """Whether a file is one that is run or unpacked: by its name, its place, or what is done with it."""
    path = PurePosixPath(target)
    if target.lower().endswith(RUNNABLE) or path.parent.name in {"bin", "sbin"}:
        return True
    return any(
        (command.name in USERS and any(word.endswith(path.name) for word in command.operands))
        or (command.words[0].endswith(f"/{path.name}"))
        for command in pipelines
    )
