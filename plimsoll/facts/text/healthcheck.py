"""Health checks as they are written: whether what they run can fail at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.parsing import shell

if TYPE_CHECKING:
    from plimsoll.parsing.instructions import Instruction

SUCCEEDS = re.compile(r"(?:\|\||;)\s*(?:(?:/bin/)?true|:|exit\s+0|(?:echo|printf)\b[^|;&]*)$")
FAILS_ON_ERRORS = re.compile(r"-[a-zA-Z]*f[a-zA-Z]*|--fail(?:-with-body)?")


def flaw(check: Instruction) -> str:
    """Why a HEALTHCHECK passes when the app fails, empty where nothing says so."""
    if not check.arguments.upper().startswith("CMD"):
        return ""
    given = check.arguments[3:].strip()
    words = type(check)(check.line, "CMD", given).exec_form
    script = (given if words is None else _script(words)).rstrip()
    if ends := SUCCEEDS.search(script):
        return f"it ends with `{ends[0]}`, and so passes whatever happens"
    if "$(" in script or "`" in script:
        return ""  # it looks at what came, more closely than is read here
    for pipeline in shell.pipelines(script):
        command = pipeline[-1]
        if command.name == "curl" and not any(FAILS_ON_ERRORS.fullmatch(each) for each in command.options):
            return f"`{command}` passes on an answer such as 500"
    return ""


def _script(words: list[str]) -> str:
    """What a check in exec form runs, as a line; the script of `sh -c`."""
    if len(words) > 2 and words[0].rpartition("/")[2] in shell.SHELLS and words[1].endswith("c"):
        return words[2]
    return " ".join(f"'{word}'" if re.search(r"\s", word) else word for word in words)
