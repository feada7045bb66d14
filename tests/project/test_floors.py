"""The library is built in floors: a module knows those below it, and CONTRIBUTING.md shows where each one is."""

import ast
import re

import pytest

from plimsoll.project.app import ROOT

LIBRARY = ROOT / "plimsoll"
FLOORS = [{""}, {"project"}, {"images", "texts"}, {"builds", "containers"}, {"suite"}, {"commands"}]
"""The folders of the library, from the ground up; those side by side know nothing of each other."""
ENTRANCE = {"cli", "__main__"}
MODULES = [path.relative_to(LIBRARY).with_suffix("") for path in sorted(LIBRARY.rglob("*.py"))]
GROWN = 300
"""Lines from which a module has more than one idea."""


def _folder(module):
    return "" if len(module.parts) == 1 else module.parts[0]


def _floor(folder):
    (number,) = (number for number, floor in enumerate(FLOORS) if folder in floor)
    return number


def _known(module):
    """The folders whose modules a module imports."""
    for node in ast.walk(ast.parse((LIBRARY / module.with_suffix(".py")).read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "plimsoll":
            _, _, inside = node.module.partition(".")
            names = [inside] if inside else [alias.name for alias in node.names]
            yield from (name.partition(".")[0] if (LIBRARY / name.partition(".")[0]).is_dir() else "" for name in names)


@pytest.mark.parametrize("module", [module for module in MODULES if module.name not in ENTRANCE], ids=str)
def test_a_module_knows_only_what_is_below_it(module):
    own = _folder(module)
    above = {folder for folder in _known(module) if folder != own and _floor(folder) >= _floor(own)}
    assert not above, f"plimsoll/{module}.py imports from {', '.join(above)}: move what both need down"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_one_idea(module):
    lines = (LIBRARY / module.with_suffix(".py")).read_text().count("\n")
    assert lines <= GROWN, f"plimsoll/{module}.py has {lines} lines: take an idea out of it"


def test_every_module_is_in_the_table_of_floors():
    table = re.findall(
        r"^\| `plimsoll/(\w*)/?` \| .* \| (.*) \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE
    )
    told = {(folder, name) for folder, names in table for name in re.findall(r"`(\w+)`", names)}
    assert told == {(_folder(module), module.name) for module in MODULES if not module.name.startswith("__")}
