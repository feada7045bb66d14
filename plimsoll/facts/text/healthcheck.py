"""Health checks as they are written, in a Dockerfile or in compose: whether what they run can fail, and can pass."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING

from plimsoll import references
from plimsoll.facts.text import outcome
from plimsoll.parsing import shell
from plimsoll.parsing.instructions import SHELL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.parsing.instructions import Instruction

EXEC, LINE = "CMD", "CMD-SHELL"
"""What the engine has before the words of a check: each a word for the program, or one line for the shell."""

SUCCEEDS = re.compile(r"(?:\|\||;)\s*(?:(?:/bin/)?true|:|exit\s+0|(?:echo|printf)\b[^|;&]*)$")
FAILS_ON_ERRORS = re.compile(r"-[a-zA-Z]*f[a-zA-Z]*|--fail(?:-with-body)?")
NO_HTTP = re.compile(r"(telnet|tcp|s?ftps?|smtps?|imaps?|pop3s?|ldaps?|dict|gopher|rtsp|mqtt|file)://")
OPERATOR = re.compile(r"\|\|?|&&?|;|\d*>>?(?:&\d|/\S*)?|&>\S*")
VARIABLE = re.compile(r"\$\{?[A-Za-z_]")
OWN = re.compile(r"\b(https?)://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d+))?(?![\w.:$-])")
DEFAULT_PORTS = {"http": 80, "https": 443}

NEED_ARGUMENTS = {"curl", "grep", "nc", "test", "wget", "["}
"""What fails for want of arguments."""

DASH = {
    *("buildpack-deps", "debian", "eclipse-temurin", "golang", "httpd", "mariadb", "memcached", "mongo", "nginx"),
    *("node", "perl", "php", "postgres", "pypy", "python", "rabbitmq", "redis", "ruby", "rust", "tomcat", "ubuntu"),
    *("wordpress",),
}
"""Official images on Debian or Ubuntu, whose `/bin/sh` is dash, unless their tag names another distribution."""

ELSEWHERE = re.compile(r"alpine|busybox|oracle|ubi\d|centos|windows|nanoserver|fedora|rocky|alma")


def tested(check: Instruction) -> list[str]:
    """A HEALTHCHECK as the engine keeps it: `CMD` and words, `CMD-SHELL` and a line, or `NONE`."""
    kind, *rest = check.arguments.split(maxsplit=1) or ["NONE"]
    if kind.upper() != EXEC or not rest:
        return ["NONE"]
    given = rest[0]
    words = type(check)(check.line, kind, given).exec_form
    return [LINE, given] if words is None else [EXEC, *words]


def flaws(dockerfile: Dockerfile, flaw: Callable[[Sequence[str], Sequence[str], str], str]) -> list[tuple[str, str]]:
    """What one of the two below says of the checks in a Dockerfile, each with its place."""
    return [
        (dockerfile.place(check.line), why)
        for stage in dockerfile.stages
        for check in stage.all("HEALTHCHECK")
        if (why := flaw(tested(check), stage.shell, dockerfile.lineage(stage)[-1].base))
    ]


def cannot_fail(test: Sequence[str], command: Sequence[str] = SHELL, base: str = "") -> str:
    """Why a check passes when the app does not answer, or answers badly; empty where nothing says so.

    Args:
        test: the check as the engine keeps it, `CMD` or `CMD-SHELL` first.
        command: what runs a line: the image's SHELL.
        base: the image that it stands on, by whose name its `/bin/sh` is known; empty where that can't be told.

    """
    script, reader, options = _read(test, command, base)
    if not script:
        return ""
    if outcome.of(script, reader, options) == outcome.PASSES:
        if "&>" in script and outcome.of(script, "bash", options) != outcome.PASSES:
            return "`&>` is bash's: `/bin/sh` there is dash, for which `&` ends the command, and what follows succeeds"
        ends = SUCCEEDS.search(script.rstrip())
        return f"it ends with `{ends[0] if ends else _end(script)}`, and so passes whatever happens"
    if outcome.of(script, reader, options, away=True) == outcome.PASSES:
        return f"`{_end(script)}` passes where nothing answers at all: what it looks for does not come then either"
    return _lenient(script)


def _lenient(script: str) -> str:
    """What of it is content with an answer that says that something is wrong."""
    if "$(" in script or "`" in script:
        return ""  # it looks at what came, more closely than is read here
    for pipeline in shell.pipelines(script):
        last = pipeline[-1]
        strict = any(FAILS_ON_ERRORS.fullmatch(each) for each in last.options)
        if last.name == "curl" and not strict and not any(map(NO_HTTP.match, last.operands)):
            return f"`{last}` passes on an answer such as 500"
    return ""


def cannot_pass(test: Sequence[str], command: Sequence[str] = SHELL, base: str = "") -> str:
    """Why a check fails however well the app is; empty where nothing says so.

    Args:
        test: the check as the engine keeps it, `CMD` or `CMD-SHELL` first.
        command: what runs a line: the image's SHELL.
        base: the image that it stands on, by whose name its `/bin/sh` is known; empty where that can't be told.

    """
    kind, *words = test or ["NONE"]
    if kind == EXEC and words and (why := _misread(words)):
        return why
    script, reader, options = _read(test, command, base)
    if re.match(r"\[[^\s\[]", script):
        return f"`{_begin(script)}` is no JSON array, which has double quotes: a shell reads it, in vain"
    if script and outcome.of(script, reader, options) == outcome.FAILS:
        if reader == "dash" and outcome.of(script, "bash", options) != outcome.FAILS:
            return f"`{_begin(script)}` is for bash, and `/bin/sh` there is dash, which knows no `[[` and no /dev/tcp"
        return f"it ends with `{_end(script)}`, and so fails whatever happens"
    return ""


def ports(test: Sequence[str]) -> set[int]:
    """The ports of its own container that a check asks, as far as its addresses say."""
    return {int(port or DEFAULT_PORTS[scheme]) for scheme, port in OWN.findall(" ".join(test[1:]))}


def _misread(words: list[str]) -> str:
    """What is wrong with the words of a check that no shell reads."""
    name = posixpath.basename(words[0])
    if words[0] in {EXEC, LINE}:
        return f"`{words[0]}` is the first word of its array, and there is no such program"
    if name in shell.SHELLS:
        script, *rest = _of_shell(words) or [""]
        alone = script in NEED_ARGUMENTS and rest
        return f"`{name} -c` reads one word as the line, here `{script}` alone, not what follows it" if alone else ""
    if len(words) == 1 and re.search(r"\s", words[0]):
        return f"no shell reads an array: there is no program of the whole name `{_begin(words[0])}`"
    given = [word for word in words[1:] if OPERATOR.fullmatch(word)]
    if not given and name in outcome.CLIENTS:
        given = [word for word in words[1:] if "://" in word and VARIABLE.search(word)]
    if given:
        return f"no shell reads an array: `{name}` is given `{'`, `'.join(words[words.index(given[0]) :])}` as its own"
    return ""


def _read(test: Sequence[str], command: Sequence[str], base: str) -> tuple[str, str, str]:
    """The script of a check, the shell that reads it, and that shell's options; empty where none does."""
    kind, *words = test or ["NONE"]
    if kind == LINE and words:
        words = [*command, " ".join(words)]
    if kind not in {EXEC, LINE} or not words or words[0] in {EXEC, LINE}:
        return "", "", ""
    name = posixpath.basename(words[0])
    given = _of_shell(words)
    if name in shell.SHELLS and given:
        return given[0], _interpreter(name, base), " ".join(words[1 : len(words) - len(given)])
    if kind == LINE:
        return "", "", ""  # a SHELL that is no shell
    return shlex.join(words), "", ""


def _of_shell(words: list[str]) -> list[str]:
    """What follows the `-c` of a shell: its line, and the words that the line is given."""
    for index, word in enumerate(words[1:], 2):
        if re.fullmatch(r"-[a-z]*c", word):
            return words[index:]
    return []


def _interpreter(name: str, base: str) -> str:
    """The shell behind a name: `sh` is another one on every distribution."""
    if name != "sh":
        return name
    reference = references.parse(base)
    official = "/" not in reference.repository.removeprefix("library/")
    known = official and reference.repository.removeprefix("library/") in DASH
    return "dash" if known and not ELSEWHERE.search(reference.tag) else ""


def _end(script: str) -> str:
    text = " ".join(script.split())
    return text if len(text) <= 60 else f"...{text[-57:]}"


def _begin(script: str) -> str:
    text = " ".join(script.split())
    return text if len(text) <= 60 else f"{text[:57]}..."
