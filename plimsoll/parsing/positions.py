"""Where things stand in YAML files: what is written at a path of keys, and on which line."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Step = str | tuple[str, ...]
"""A key or an item; of several ways to write it, the likelier first."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C where it was built."""

MOST_WORDS = 100
"""Scalars of an item that are looked at: aliases can make it endless."""


@dataclass(frozen=True)
class Position:
    """What is written at a path.

    Attributes:
        line: from 1.
        node: what stands there; None for nothing.
        steps: how many steps of the path were found.
        likeness: how well the steps fit.

    """

    line: int
    node: yaml.Node | None
    steps: int = 0
    likeness: int = 0

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(words(self.node))

    @property
    def table(self) -> dict[str, object]:
        """The scalars that it holds, by key, and tables of them, nothing resolved; empty where it is no mapping."""
        return {key: below.table or ("" if _is_nothing(below.node) else below.text) for key, below in self.entries()}

    def entries(self) -> Iterator[tuple[str, Position]]:
        """The keys and what they hold, merged ones after its own; none where it is no mapping."""
        for key, value in _entries(self.node):
            yield key.value, Position(key.start_mark.line + 1, value)

    def at(self, *path: Step) -> Position:
        """What stands at a path below, as far as that goes."""
        here = self
        for step in path:
            ways = [step] if isinstance(step, str) else step
            found = [
                Position(each.line, each.node, here.steps + 1, here.likeness + likeness * 10 - number)
                for number, way in enumerate(ways)
                for likeness, each in _fitting(here, way)
            ]
            if not found:
                return here
            here = max(found, key=lambda each: each.likeness)
        return here


def documents(file: Path) -> list[Position]:
    """The documents of a file; none where it can't be read as YAML."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        return [Position(1, node) for node in yaml.compose_all(text, Loader=LOADER) if node]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return []


def _is_nothing(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def words(node: yaml.Node | None) -> list[str]:
    """The scalars in a node, keys and values, in their order."""
    return list(itertools.islice(_words(node, depth=10), MOST_WORDS))


def _words(node: yaml.Node | None, depth: int) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value
    elif isinstance(node, yaml.SequenceNode) and depth:
        for item in node.value:
            yield from _words(item, depth - 1)
    elif isinstance(node, yaml.MappingNode) and depth:
        for pair in node.value:
            for each in pair:
                yield from _words(each, depth - 1)


def _entries(node: yaml.Node | None, depth: int = 10) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode) or not depth:
        return
    merged: list[yaml.Node] = []
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value == "<<":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        elif isinstance(key, yaml.ScalarNode):
            yield key, value
    for each in merged:
        yield from _entries(each, depth - 1)


def _fitting(here: Position, way: str) -> Iterator[tuple[int, Position]]:
    """What fits one step, and how well: 3 is the same, 2 begins with it as a key, 1 mentions it."""
    if isinstance(here.node, yaml.SequenceNode):
        for item in here.node.value:
            said = words(item)
            whole = " ".join(said)
            begins = whole.startswith((f"{way}=", f"{way}:"))
            likeness = 3 if way in said else 2 if begins else 1 if way in whole else 0
            if likeness:
                yield likeness, Position(item.start_mark.line + 1, item)
    elif isinstance(here.node, yaml.ScalarNode):
        if way in here.node.value:
            yield 1, Position(here.line, here.node)
    else:
        found = [position for key, position in here.entries() if key == way]
        yield from ((3, position) for position in found[:1])
