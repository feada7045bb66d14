"""The rules by name, read from their source: what each promises, why, and what it must be given."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from pathlib import Path

from plimsoll.errors import PlimsollError

FOLDER = Path(__file__).resolve().parents[2] / "tests/rules"
PREFIX = "test_"
STATIC = {"variant", "dockerfile", "context", "remarks", "built", "facts", "composition"}
"""What a rule may ask for that starts no container and builds nothing anew."""


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        name: what it promises.
        why: its docstring.
        group: what it is about: the name of its file.
        wants: the facts that it asks for.
        file: where it stands.
        line: in that file, from 1.

    """

    name: str
    why: str
    group: str
    wants: frozenset[str]
    file: Path
    line: int

    @property
    def static(self) -> bool:
        """Whether it starts no container and builds nothing anew."""
        return self.wants <= STATIC


@functools.cache
def rules() -> dict[str, Rule]:
    """Every rule by name, in the order of the files."""
    found = {}
    for file in sorted(FOLDER.glob("test_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith(PREFIX):
                name = node.name.removeprefix(PREFIX)
                wants = frozenset(argument.arg for argument in node.args.args)
                group = file.stem.removeprefix(PREFIX)
                found[name] = Rule(name, ast.get_docstring(node) or "", group, wants, file, node.lineno)
    return found


def rule(name: str) -> Rule:
    """The rule of a name.

    Raises:
        PlimsollError: there is none.

    """
    try:
        return rules()[name]
    except KeyError:
        raise PlimsollError(f"there is no rule `{name}`", "`plimsoll rules` lists them") from None
