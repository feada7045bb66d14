"""What an app's files say of its ladder, taken out for a copy that has none: text by text, so that comments survive."""

from __future__ import annotations

import re
from itertools import pairwise

FOLDER = "ladder/"
SECTION = re.compile(r"^## The ladder\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
"""All that a README says of the ladder stands under this heading, up to the next."""
LINK = re.compile(rf"\[([^\]]*)\]\((?:\./)?{FOLDER}[^)]*\)")
TABLE = re.compile(r"\[+ *variant *\. *[\"']?([\w-]+)")
"""The head of a table of plimsoll.toml that is about a variant, or about a part of one."""


def readme(text: str) -> str:
    """A README without its section on the ladder; a link to a rung from elsewhere is only its words."""
    return LINK.sub(r"\1", SECTION.sub("", text)).rstrip("\n") + "\n"


def expectations(text: str, rungs: set[str]) -> str:
    """A plimsoll.toml without the tables of the rungs, and without the comments that stand before them."""
    lines = text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if line.startswith("[")]
    begins = [_with_comments(lines, head) for head in heads]
    kept = lines[: begins[0]] if begins else lines
    for head, (begin, end) in zip(heads, pairwise([*begins, len(lines)]), strict=True):
        table = TABLE.match(lines[head])
        if not (table and table[1] in rungs):
            kept += lines[begin:end]
    return "".join(kept).rstrip("\n") + "\n"


def _with_comments(lines: list[str], head: int) -> int:
    """The line at which the comments begin that lead to a table's head; the head itself without any."""
    begin = head
    for number in range(head - 1, -1, -1):
        if lines[number].startswith("#"):
            begin = number
        elif lines[number].strip():
            break
    return begin


def service(block: str) -> str:
    """A service of a compose file that does not name the folder in what its watch leaves alone."""
    entry = rf"[\"']?{FOLDER}[\"']?(?=[\s,\]])"
    block = re.sub(rf"(?m)^ *- {entry} *\n", "", block)
    return re.sub(rf"(?<=\[) *{entry} *,? *|, *{entry}", "", block)
