"""Listing the rules: what `plimsoll rules` does."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from plimsoll.commands import codes
from plimsoll.rule import every_rule

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from plimsoll.rule import Rule


def run(given: argparse.Namespace) -> int:
    """Print a line for each rule: its group and name, its level, its reason."""
    every = list(every_rule().values())
    if given.format == "markdown":
        print(markdown(every), end="")
        return codes.CLEAN
    width = max(len(str(each)) for each in every)
    for each in every:
        print(f"{each!s:{width}}  {each.level.value:7}  {each.reason}")
    return codes.CLEAN


def markdown(rules: Iterable[Rule]) -> str:
    """A table for each group of rules."""
    lines = ["# Rules", ""]
    for group, members in itertools.groupby(rules, key=lambda each: each.group):
        lines += [f"## {group}", "", "| rule | level | why |", "| --- | --- | --- |"]
        for each in members:
            why = " ".join(each.why.split()).replace("|", "\\|")
            # By the anchor, every finding leads here.
            lines.append(
                f'| <a id="{each.name}"></a>[{each.name}](../lessons/{each.name}/) | {each.level.value} | {why} |'
            )
        lines.append("")
    return "\n".join(lines)
