"""Listing the rules: what `plimsoll rules` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.commands import codes
from plimsoll.rule import every_rule

if TYPE_CHECKING:
    import argparse


def run(_: argparse.Namespace) -> int:
    """Print a line for each rule: its group and name, its level, its reason."""
    every = list(every_rule().values())
    width = max(len(str(each)) for each in every)
    for each in every:
        print(f"{each!s:{width}}  {each.level.value:7}  {each.reason}")
    return codes.CLEAN
