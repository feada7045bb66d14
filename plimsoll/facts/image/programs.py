"""The programs that an image starts, and those that can be started in it by name: looked for in its own files."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from plimsoll.paths import clean

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.layer import Entry

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where the engine looks for a program of an image that says nothing of it."""

SHELL = ["/bin/sh", "-c"]
"""What runs the shell form, where no SHELL says otherwise."""

WORD = re.compile(r"(?:\w+=\S* +)*(?:exec +)?([\w./+-]+)(?= |$)")
"""The first command of a shell's line, after the variables that are set for it."""

BUILT_IN = {
    *("[", ".", ":", "alias", "break", "case", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export"),
    *("false", "for", "getopts", "if", "kill", "local", "printf", "pwd", "read", "readonly", "return", "set", "shift"),
    *("sleep", "source", "test", "trap", "true", "type", "ulimit", "umask", "unset", "until", "wait", "while"),
}
"""What a shell does itself; `sleep` where it is busybox."""


def search_path(image: Image) -> list[str]:
    """The directories in which an image's programs are looked for by name."""
    return [folder for folder in image.environment.get("PATH", PATH).split(":") if folder.startswith("/")]


def which(image: Image, word: str) -> Entry | None:
    """The entry that a command's first word leads to, as the engine looks for it."""
    if "/" in word:
        return image.find(posixpath.join(image.directory, word))
    for folder in search_path(image):
        found = image.find(f"{folder}/{word}")
        if found and _may_be_started(found):
            return found
    return None


def obstacle(image: Image, word: str) -> str:
    """Why the image can't start what a command's first word names; empty where it can."""
    found = which(image, word)
    if found is None:
        where = "is not there" if "/" in word else f"is in none of {', '.join(search_path(image))}"
        return f"`{word}` {where}"
    if found.kind not in {"file", "hardlink"}:
        return f"{found.shown} is a {found.kind}"
    if not found.mode & 0o111:
        return f"{found.shown} has mode {found.mode:o}, which lets nobody start it"
    interpreter = _interpreter(image, found)
    if interpreter and image.find(interpreter) is None:
        return f"{found.shown} asks in its first line for {interpreter!r}, which is not there"
    return ""


def shell_line(image: Image, words: list[str]) -> str:
    """The line that a command gives to a shell, as the shell form does; empty where it names a program itself."""
    for shell in (list(image.config.get("Shell") or SHELL), SHELL):
        if words[: len(shell)] == shell:
            return " ".join(words[len(shell) :]).strip()
    return ""


def first(line: str) -> str:
    """The first program of a shell's line; empty where the shell does that itself, or where it can't be told."""
    match = WORD.match(line)
    return match[1] if match and match[1] not in BUILT_IN else ""


def health_command(image: Image) -> list[str]:
    """The words that the engine runs as the image's health check, empty where it has none."""
    kind, *words = image.health_check or [""]
    if kind == "CMD-SHELL":
        return [*(image.config.get("Shell") or SHELL), *words]
    return words if kind == "CMD" else []


def first_words(image: Image) -> list[str]:
    """The programs that it starts by itself, and to ask for its health: also those that a shell starts for it."""
    commands = (image.entrypoint, health_command(image))
    return [word for words in commands for word in (*words[:1], first(shell_line(image, words))) if word]


def startable(image: Image) -> dict[str, Entry]:
    """The programs and scripts in the image that can be started by name, or stand beside what it starts, by path."""
    folders = [*search_path(image), *PATH.split(":"), "/"]
    started = [which(image, words[0]) for words in (image.entrypoint, health_command(image)) if words]
    folders += [f"/{posixpath.dirname(found.path)}" for found in started if found]
    real = {image.tree.resolved(folder) for folder in folders} | {clean(each) for each in folders}
    programs = {}
    for path, (entry, _) in image.files.items():
        if posixpath.dirname(path) not in real:
            continue
        found = image.find(path) if entry.kind == "symlink" else entry
        if found and _may_be_started(found):
            programs[found.path] = found
    return programs


def can_be_started(image: Image, path: str) -> bool:
    """Whether a path leads to a program or script that somebody may start."""
    found = image.find(path)
    return found is not None and _may_be_started(found)


def _may_be_started(entry: Entry) -> bool:
    return entry.kind in {"file", "hardlink"} and bool(entry.mode & 0o111)


def _interpreter(image: Image, entry: Entry) -> str:
    """What the first line of a script names to run it."""
    path = entry.link if entry.kind == "hardlink" else entry.path
    line = image.files[entry.path][1].scripts.get(path, "").strip(" \t")
    return line.partition(" ")[0].partition("\t")[0]
