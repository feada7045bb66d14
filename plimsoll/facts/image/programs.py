"""The programs that an image starts, and those that can be started in it by name: looked for in its own files."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from plimsoll.paths import clean, show

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.layer import Entry

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where the engine looks for a program of an image that says nothing of it."""

SHELL = ["/bin/sh", "-c"]
"""What runs the shell form, where no SHELL says otherwise."""

VERSIONED = re.compile(r"python\d+\.\d+")

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
    return image.find(located(image, word))


def located(image: Image, word: str) -> str:
    """The path of what a command's first word names, no link followed; empty where no folder of PATH has it."""
    if "/" in word:
        return posixpath.join(image.directory, word)
    paths = (f"{folder}/{word}" for folder in search_path(image))
    return next((path for path in paths if can_be_started(image, path)), "")


def obstacle(image: Image, word: str, *, by_shell: bool = False) -> str:
    """Why the image can't start what a command's first word names; empty where it can.

    Args:
        image: the image.
        word: the program, as the command names it.
        by_shell: whether a shell starts it, which takes what is no program for a script of its own.

    """
    path = located(image, word)
    found = image.find(path) if path else None
    if found is None:
        return f"`{word}` {_absent(image, path)}"
    if found.kind not in {"file", "hardlink"}:
        return f"{found.shown} is a {found.kind}"
    if not found.mode & 0o111:
        return f"{found.shown} has mode {found.mode:o}, which lets nobody start it"
    if not by_shell and _content(found) in image.files[found.path][1].plain:
        return f"{found.shown} is no program: it begins neither as ELF does nor with `#!` and an interpreter"
    return _interpreter_fails(image, found) or _mismatch(image, path)


def _absent(image: Image, path: str) -> str:
    """How it is that a path leads to nothing; the last link of several is where to look."""
    if not path:
        return f"is in none of {', '.join(search_path(image))}"
    end = image.tree.resolved(path)
    if not end or end == clean(path):
        return "is not there" if end else "is a link in a circle"
    return f"leads to {show(end)}, which is not there"


def _content(entry: Entry) -> str:
    """The path under which the layer of an entry has its content."""
    return entry.link if entry.kind == "hardlink" else entry.path


def _interpreter_fails(image: Image, script: Entry) -> str:
    """Why the first line of a script starts nothing; empty where it does, and for what is no script."""
    line = image.files[script.path][1].scripts.get(_content(script), "").strip(" \t")
    interpreter, _, argument = line.replace("\t", " ").partition(" ")
    if not interpreter:
        return ""
    asks = f"{script.shown} asks in its first line for"
    path = posixpath.join(image.directory, interpreter)
    found = image.find(path)
    if found is None:
        why = _absent(image, path)
        return f"{asks} {interpreter!r}, which {why}" if why.startswith("is ") else f"{asks} {interpreter!r}: it {why}"
    if not _may_be_started(found):
        return f"{asks} {interpreter!r}, which nobody may start"
    if posixpath.basename(interpreter) == "env" and (wanted := _of_env(argument.strip(" "))):
        spare = ": without -S, env takes all of that for one name" if " " in wanted else ""
        if not located(image, wanted):
            return f"{asks} {wanted!r} by env, which {_absent(image, '')}{spare}"
        path = located(image, wanted)
    return _mismatch(image, path)


def _of_env(argument: str) -> str:
    """The program that `env` is to start, as the kernel hands it its one argument; empty where that can't be told."""
    split = re.match(r"-(?:[iv]*S|-split-string=?)\s*(.*)", argument)
    words = split[1].split() if split else [argument]
    while words and (words[0].startswith("-") or "=" in words[0]):
        words.pop(0)
    return words[0] if words and not set(words[0]) & set("$'\"\\/") else ""


def _mismatch(image: Image, path: str) -> str:
    """How a virtual environment's python is of another version than its packages; empty where a path is of none."""
    folder = posixpath.dirname(posixpath.dirname(image.tree.resolved(posixpath.dirname(path)) + "/x"))
    found = image.find(path)
    if not folder or found is None or image.find(f"/{folder}/pyvenv.cfg") is None:
        return ""
    inside = re.compile(re.escape(folder) + r"/lib/(python\d+\.\d+)/.")
    made_for = sorted({match[1] for each in image.files if (match := inside.match(each))})
    runs = posixpath.basename(found.path)
    if not made_for or runs in made_for or not VERSIONED.fullmatch(runs):
        return ""
    return f"{show(path)} is {found.shown}, and the packages beside it are for {', '.join(made_for)}"


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
