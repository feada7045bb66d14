"""What pages say of the judge in figures, tables and code: made from the judge itself, between marks in the text."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from plimsoll import rules
from plimsoll.commands import codes, trust
from plimsoll.commands.formats import document
from plimsoll.commands.rules import markdown
from plimsoll.facts import catalogue  # noqa: F401 - it fills FACTS
from plimsoll.facts.registry import FACTS, Depth, depth_of
from plimsoll.rule import Level, every_rule, rule_named
from workshop import configured
from workshop.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PAGE = ROOT / "docs/how-it-judges.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
SECURITY = ROOT / "SECURITY.md"
RULES = ROOT / "docs/rules.md"

SCHEMA = ROOT / document.SCHEMA

BLOCK = re.compile(r"(<!-- (facts|depths|groups|codes|example|rights|keys):begin -->\n).*?(<!-- \2:end -->)", re.DOTALL)

SUBJECTS = {
    "subject": "The image that is judged, as it is named: its Dockerfile and stage, what is expected of it.",
    "composition": "The compose file that is judged, as compose resolves it.",
}
"""What is there from the start: nothing gathers it."""

COSTS = {
    Depth.TEXT: "files are read",
    Depth.IMAGE: "the image is read, or the builder asked for what reaches it",
    Depth.BUILD: "a copy of the sources is built again",
    Depth.RUN: "containers are started",
}

EXAMPLE = "comes_back_after_kill"


def current(text: str) -> str:
    """A page as it should be: with everything between its marks made anew."""
    return BLOCK.sub(lambda block: block[1] + BLOCKS[block[2]]() + block[3], text)


def write() -> list[Path]:
    """Write the pages anew; the files that changed."""
    pages = {file: current(file.read_text()) for file in (PAGE, CONTRIBUTING, SECURITY, configured.PAGE)} | {
        RULES: markdown(every_rule().values()),
        configured.SCHEMA: configured.schema(),
        SCHEMA: schema(),
    }
    changed = [file for file, text in pages.items() if not file.exists() or text != file.read_text()]
    for file in changed:
        file.write_text(pages[file])
    return changed


def schema() -> str:
    """The schema of what `plimsoll check --output json` writes."""
    made = TypeAdapter(document.Document).json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": document.ADDRESS}
    return json.dumps(head | made, indent=2) + "\n"


def _facts() -> str:
    """Everything that a rule or a fact can ask for, the cheapest first."""
    rows = [(name, "", text) for name, text in SUBJECTS.items()]
    for name in _by_depth():
        fact = FACTS[name]
        shared = ", shared" if fact.kept else ""
        rows.append((name, f"{depth_of(name).name.lower()}{shared}", _sentence(inspect.getdoc(fact.function) or "")))
    return _table(["it asks for", "depth", "and is given"], [(f"`{name}`", how, what) for name, how, what in rows])


def _by_depth() -> list[str]:
    return sorted(FACTS, key=depth_of)


def _depths() -> str:
    """How far is looked, what that costs, and how many rules need no more."""
    every = every_rule().values()
    rows = []
    for depth in Depth:
        names = [f"`{name}`" for name in _by_depth() if depth_of(name) is depth]
        number = str(sum(rule.depth is depth for rule in every))
        rows.append((depth.name.lower(), COSTS[depth], ", ".join(names), number))
    return _table(["depth", "what it takes", "facts", "rules"], rows)


def _groups() -> str:
    """How many rules of each level a group has."""
    every = list(every_rule().values())
    rows = []
    for group in dict.fromkeys(rule.group for rule in every):
        module = importlib.import_module(f"{rules.__name__}.{group}")
        about = _sentence(module.__doc__ or "").removeprefix("Rules about ").rstrip(".")
        numbers = [str(sum(rule.group == group and rule.level is level for rule in every)) for level in Level]
        folder = "/" if hasattr(module, "__path__") else ".py"
        rows.append((f"[`{group}`](../plimsoll/rules/{group}{folder})", about, *numbers))
    totals = [str(sum(rule.level is level for rule in every)) for level in Level]
    return _table(["group", "about", *(level.value for level in Level)], [*rows, (f"all {len(every)}", "", *totals)])


def _codes() -> str:
    return f"```\n{codes.TABLE}```\n"


def _example() -> str:
    """One rule as it stands in its file."""
    return f"```python\n{inspect.getsource(rule_named(EXAMPLE).function)}```\n"


def _sentence(text: str) -> str:
    """The first paragraph of a docstring, in one line."""
    return re.sub(r"\s+", " ", text.partition("\n\n")[0])


def _table(head: list[str], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in lines)


BLOCKS: dict[str, Callable[[], str]] = {
    "facts": _facts,
    "depths": _depths,
    "groups": _groups,
    "codes": _codes,
    "example": _example,
    "keys": configured.tables,
    "rights": trust.table,
}
