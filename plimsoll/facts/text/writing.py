"""Where a program's own text says that it writes: calls that make or change a file, each with the path that it gets.

Of Python and Node; a path is followed through one variable and through the default of one of the environment.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GIVEN = r"((?:[^,()\n]|\([^()\n]*\))+)"
CALLS = re.compile(
    rf"""\bopen\(\s*{GIVEN},\s*(?:mode=)?["'][wax]
    | (?:write|append)File(?:Sync)?\(\s*{GIVEN}
    | (?:createWriteStream|makedirs|\bmkdir(?:Sync)?|FileHandler)\(\s*{GIVEN}
    | \b(?:sqlite3?|shelve|dbm)\.(?:connect|open|Database)\(\s*{GIVEN}
    | \bnew\s+(?:Database|DatabaseSync)\(\s*{GIVEN}
    | \bdest:\s*(["'][^"'\n]+["'])
    | (["']sqlite:///[^"'\n]+["'])
    | (\w+|Path\([^()\n]*\)|\([^()\n]*\))\.(?:write_(?:text|bytes)\(|touch\(|mkdir\(|open\(\s*["'][wax])""",
    re.VERBOSE,
)
LITERAL = re.compile(r"[\"'`]([^\"'`\n]*)[\"'`]")
OF_THE_ENVIRONMENT = re.compile(
    r"(?:environ\.get|getenv)\(\s*[\"'](\w+)[\"']\s*,\s*[\"']([^\"']*)[\"']"
    r"|process\.env\.(\w+)\s*(?:\|\||\?\?)\s*[\"'`]([^\"'`]*)[\"'`]"
)
BESIDE = re.compile(r"\b__dirname\b|\b__fil[e]__\b|import\.meta")
PLACEHOLDER = re.compile(r"\$?\{")
REMARK = re.compile(r"\s*(?:#|//|\*)")
ELSEWHERE = ("/dev/", "/proc/", "/run/", "/tmp/", "/var/run/", "/var/tmp/")  # noqa: S108 - the image's
"""Where a container may write, or somebody mounts what it may write to."""


class Written(NamedTuple):
    """A file that is written.

    Attributes:
        line: the line that writes it.
        path: its path, as the text gives it.
        beside: whether that begins beside the text's own file; in the directory that the program starts in where not.

    """

    line: int
    path: str
    beside: bool


def files(text: str, environment: Mapping[str, str]) -> Iterator[Written]:
    """What a text writes, as far as it says so plainly.

    Args:
        text: a script of Python or Node.
        environment: with which it is started.

    """
    lines = text.splitlines()
    for match in CALLS.finditer(text):
        number = text.count("\n", 0, match.start()) + 1
        given = next(filter(None, match.groups())).strip()
        if REMARK.match(lines[number - 1]):
            continue
        if re.fullmatch(r"\w+", given):
            given = _assigned(given, text)
        path = _path(given, environment)
        if path and not f"{path}/".startswith(ELSEWHERE):
            yield Written(number, path, bool(BESIDE.search(given)))


def _assigned(name: str, text: str) -> str:
    """What a variable is set to, where that is done once."""
    found = re.findall(rf"(?<![\w.]){re.escape(name)}\s*(?::\s*\w+\s*)?=(?!=)([^\n]+)", text)
    return found[0] if len(found) == 1 else ""


def _path(given: str, environment: Mapping[str, str]) -> str:
    """The path that an expression gives; empty where that can't be told."""
    if match := OF_THE_ENVIRONMENT.search(given):
        name, default = match[1] or match[3], match[2] if match[1] else match[4]
        given = given.replace(match[0], f'"{environment.get(name, default)}"')
    parts = [match[1] for match in LITERAL.finditer(given)]
    if not parts or ":memory:" in parts[0] or (len(parts) > 1 and not re.search(r"join|resolve|/", given)):
        return ""
    path = posixpath.join(*(part.removeprefix("sqlite:///").removeprefix("file:") for part in parts))
    if match := PLACEHOLDER.search(path):
        path = f"{path[: match.start()]}x"
    return "" if "://" in path else posixpath.normpath(path) if path else ""
