"""docs/peers.md: the tables of who catches what, who cries wolf, and how long that takes."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
from typing import TYPE_CHECKING

from plimsoll.say import tell
from workshop import compared, peers
from workshop.compared import OURS
from workshop.root import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from workshop.compared import Row
    from workshop.peers import Peer

FILE = ROOT / "docs/peers.md"
TABLES = re.compile(r"(<!-- peers:begin -->\n).*?(<!-- peers:end -->)", re.DOTALL)
COLUMNS = (
    "tool",
    "version",
    "bad cases caught",
    "good cases with a false alarm",
    "lessons caught",
    "lessons with a false alarm",
    "seconds a case",
    "seconds in all",
)
FEW = 4
"""Rules that a cell names; of more, the number is told."""


def write() -> Path:
    """Ask all tools, and write the tables anew.

    Raises:
        PlimsollError: a case names a rule that its peer does not report, or the lessons can't be built.

    """
    tools = peers.peers()
    rows = compared.of_cases(tools)
    taught = compared.of_lessons(tools)
    for row in missed(rows):
        tell(f"{row.name} is missed here, and caught by {', '.join(sorted(row.caught))}")
    tables = markdown(tools, rows, taught).replace("\\", r"\\")
    FILE.write_text(TABLES.sub(rf"\g<1>{tables}\g<2>", FILE.read_text()))
    return FILE


def missed(rows: list[Row]) -> list[Row]:
    """What a peer catches and the judge does not."""
    return [row for row in rows if row.caught and OURS not in row.caught]


def markdown(tools: list[Peer], rows: list[Row], taught: list[Row]) -> str:
    """All tables."""
    versions = {OURS: "this one", **{tool.name: tool.version for tool in tools}}
    bad, good = ([row for row in rows if row.kind == kind] for kind in compared.KINDS)
    lines = [
        f"Made {_where()}.",
        "",
        "## By tool",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, version in versions.items():
        seconds = [row.said[name].seconds for row in rows if name in row.said]
        counts = [_of(bad, name, "caught"), _of(good, name, "alarmed"), _of(taught, name, "caught")]
        cells = [f"`{name}`", version, *counts, _of(taught, name, "alarmed"), *_seconds(seconds)]
        lines.append(f"| {' | '.join(cells)} |")
    names = list(versions)
    lines += ["", "## By case", "", f"| case | {' | '.join(f'`{name}`' for name in names)} |"]
    lines.append(f"| --- |{' --- |' * len(names)}")
    lines += [f"| {row.name} | {' | '.join(_cell(row, name) for name in names)} |" for row in [*bad, *good]]
    lines += ["", "## What a peer catches and this judge misses", ""]
    lines += [f"- {row.name}: {', '.join(sorted(row.caught))}" for row in missed([*rows, *taught])] or ["Nothing."]
    lines += ["", "## Lessons that a peer teaches too", "", "| lesson | caught by |", "| --- | --- |"]
    lines += [
        f"| `{row.name}` | {', '.join(sorted(each for each in row.caught if each != OURS))} |"
        for row in taught
        if row.caught - {OURS}
    ]
    return "\n".join([*lines, ""])


def _where() -> str:
    """Of which commit, and where: seconds mean nothing without that."""
    commit = ""
    if shutil.which("git"):
        command = ["git", "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    of_commit = f"of commit {commit}, " if commit else ""
    return f"{of_commit}on {os.cpu_count()} processors, with {compared.AT_ONCE} cases at a time"


def _of(rows: list[Row], name: str, what: str) -> str:
    """How many of the rows that a tool reads it caught, or found fault with; the judge reads all."""
    read = [row for row in rows if name in row.said or name == OURS]
    return f"{sum(name in getattr(row, what) for row in read)} of {len(read)}"


def _seconds(seconds: list[float]) -> list[str]:
    return [f"{statistics.median(seconds):.1f}", f"{sum(seconds):.0f}"] if seconds else ["-", "-"]


def _cell(row: Row, name: str) -> str:
    """What a tool makes of a case: whether it is right, and by which of its rules it is not."""
    if name not in row.said:
        return ""
    said = row.said[name]
    if row.kind == "bad":
        others = "" if name == OURS else _named(said.rules)
        return "**caught**" if name in row.caught else f"missed{others}"
    return f"false alarm{_named(said.grave)}" if name in row.alarmed else "quiet"


def _named(rules: tuple[str, ...]) -> str:
    if not rules:
        return ""
    return f" ({', '.join(rules)})" if len(rules) <= FEW else f" ({len(rules)} other rules)"
