"""What was found as Markdown, for the summary of a job or a comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll import HOME
from plimsoll.commands.formats import wording
from plimsoll.commands.options import USUAL, Showing
from plimsoll.rule import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.commands.formats.wording import Alike
    from plimsoll.runner import Result

SIGNS = {
    Level.ERROR: "\N{CROSS MARK}",
    Level.WARNING: "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}",
    Level.NOTE: "\N{MEMO}",
}
"""What makes a level seen at a glance; its name stands beside."""

CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
"""Code within a text."""

SIGNIFICANT = re.compile(r"[\\`*<>\[\]|~&$]|(?<![^\W_])_|_(?![^\W_])")
"""What Markdown would take for its own: an underline only at the end of a word."""

LONGEST = 600
"""Letters of one cell: what a build printed may be long."""


def markdown(results: list[Result], showing: Showing = USUAL) -> str:
    """A table of what is to be mended, the gravest first, and what else there is to know, folded away."""
    parts = [f"## Plimsoll\n\n{_escaped(wording.summary(results))}"]
    grave = wording.alike(results, Level.WARNING, apart=showing.verbose)
    every = wording.alike(results, Level.NOTE, apart=showing.verbose)
    notes = [each for each in every if each.rule.level is Level.NOTE]
    parts += [_table(grave)] if grave else []
    if notes:
        count = wording.number(sum(len(each.pairs) for each in notes), "note")
        folded = showing.least is not Level.NOTE
        parts.append(_folded(f"{count} on hardening and economy", _table(notes)) if folded else _table(notes))
    said = {
        "waived": [f"{each.subject}: {each.rule}: {each.waived}" for each in results if each.waived],
        "not judged": list(wording.reasons(results)),
        "left out": [f"{reason} ({', '.join(rules)})" for reason, rules in wording.left_out(results).items()],
    }
    parts += [_folded(f"{len(lines)} {what}", _list(lines)) for what, lines in said.items() if lines]
    parts += [f"[What each rule is about]({HOME}/blob/main/docs/rules.md)"] if every else []
    return wording.printable("\n\n".join(parts)) + "\n"


def _table(told: Iterable[Alike]) -> str:
    lines = ["| | where | what is there, and how to fix it |", "| --- | --- | --- |"]
    for each in told:
        first, _, rest = each.finding.found.partition("\n")
        found = f"{first}{' ...' if rest else ''}{f' ({each.more})' if each.more else ''}"
        # The rule's name is long and nothing breaks it: a column of its own would leave no room for the words.
        rule = f"[`{each.rule}`]({each.rule.address})"
        cells = [
            f"{SIGNS[each.rule.level]} {each.rule.level.value}",
            _cell(each.where),
            f"{_cell(found)}<br>**Fix:** {_cell(each.finding.fix)}<br>{rule}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_cell(line)}" for line in lines)


def _folded(head: str, body: str) -> str:
    return f"<details><summary>{head}</summary>\n\n{body}\n\n</details>"


def _cell(words: str) -> str:
    """Words as they stand in a cell of a table, on one line; what is code in them remains it."""
    if len(words) > LONGEST:
        words = f"{words[:LONGEST]} ..."
    parts, end = [], 0
    for code in CODE.finditer(words):
        parts += [_escaped(words[end : code.start()]), " ".join(code[0].replace("|", "\\|").split())]
        end = code.end()
    return "".join([*parts, _escaped(words[end:])])


def _escaped(words: str) -> str:
    """Words in which nothing is Markdown, on one line."""
    return SIGNIFICANT.sub(r"\\\g<0>", words).replace("\r", "").replace("\n", "<br>")
