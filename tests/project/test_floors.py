"""The judge is built in floors, and a wall stands around it: a module knows those below it, and nothing outside."""

import ast
import graphlib
import re
from pathlib import Path

import pytest

from workshop import listed
from workshop.root import ROOT

JUDGE = ROOT / "plimsoll"
WORDS = {"", "caches", "errors", "findings", "folders", "interruption", "paths", "say", "units", "whole"}
MADE_BY_OTHERS = {"address", "bridge", "engine", "inputs", "listening", "pulls", "references", "refusals", "sdk"}
MADE_BY_OTHERS |= {"registries"}
FLOORS = [
    (0, [WORDS]),
    (1, [MADE_BY_OTHERS, {"parsing"}]),
    (2, [{"composing", "composition", "expectations", "given", "lessons", "mistakes", "subject", "values", "waivers"}]),
    (3, [{"facts/secrets"}]),
    (3, [{"facts/image"}, {"facts/run"}, {"facts/text"}]),
    (3, [{"facts/build"}]),
    (3, [{"facts/catalogue", "facts/gathering", "facts/registry", "facts/written"}]),
    (4, [{"rule", "rules"}]),
    (5, [{"hushing", "linting", "pairing", "runner", "waiving"}]),
    (6, [{"commands"}]),
    (6, [{"__main__", "cli"}]),
]
"""From the ground up: a floor's number, and its rooms, which know nothing of each other; the third has four steps.

A room is a set of modules and folders from the judge's own folder; `` is the package itself.
"""
GROWN = 300
"""Lines from which a module has more than one idea."""


def modules(folder):
    """The modules of a package as paths from the repository, without what is only data in it."""
    found = sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))
    return [path for path in found if "data" not in path.parts]


JUDGES = modules("plimsoll")
FACTS = Path("plimsoll/facts/__init__.py")
EVERY = [*JUDGES, *modules("workshop")]


def imported(file, tree):
    """What a module imports, each as a dotted name; of a name in a module, both together."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = [*file.parts[: -node.level]] if node.level else []
            start = ".".join([*package, *filter(None, [node.module])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def parsed(file):
    return ast.parse((ROOT / file).read_text())


def running(tree):
    """A module without what only a type checker reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    return tree


def known(file, tree):
    """The modules of this repository's packages that a module imports."""
    for name in imported(file, tree):
        parts = name.split(".")
        for length in (len(parts), len(parts) - 1):
            path = Path(*parts[:length])
            if (ROOT / path).with_suffix(".py").is_file():
                yield path.with_suffix(".py")
                break
            if (ROOT / path / "__init__.py").is_file():
                yield path / "__init__.py"
                break


def place(file):
    """Where a module of the judge is: its step, counted from the ground, and its room there."""
    name = file.relative_to("plimsoll").with_suffix("").as_posix().removesuffix("__init__").rstrip("/")
    for step, (_, rooms) in enumerate(FLOORS):
        for room in rooms:
            if name in room or any(each and name.startswith(f"{each}/") for each in room):
                return step, room
    raise AssertionError(f"{file} is on no floor: FLOORS in this file says what is where")


@pytest.mark.parametrize("file", [file for file in JUDGES if file != FACTS], ids=str)
def test_a_module_knows_its_own_room_and_the_floors_below(file):
    step, room = place(file)
    judges = [each for each in known(file, parsed(file)) if each.parts[0] == "plimsoll"]
    above = {str(each) for each in judges if place(each)[0] >= step and place(each)[1] != room}
    assert not above, f"{file} imports {', '.join(sorted(above))}: move what both need down"


def test_a_package_of_packages_knows_nothing():
    assert list(imported(FACTS, parsed(FACTS))) == []


def test_no_module_knows_itself_through_others():
    graph = {file: set(known(file, running(parsed(file)))) - {file} for file in EVERY}
    # Raises where it goes in a circle.
    assert set(graphlib.TopologicalSorter(graph).static_order()) == set(EVERY)


def test_every_room_is_there():
    rooms = {each for _, rooms in FLOORS for room in rooms for each in room}
    there = {file.relative_to("plimsoll").with_suffix("").as_posix() for file in JUDGES}
    assert {each for each in rooms if each not in there and not (JUDGE / each).is_dir()} == set()


@pytest.mark.parametrize("file", JUDGES, ids=str)
def test_the_judge_knows_nothing_of_this_repository(file):
    text = (ROOT / file).read_text()
    outside = {name.partition(".")[0] for name in imported(file, ast.parse(text))} & {"tests", "workshop"}
    assert not outside, f"{file} imports {outside}: hand it what it needs"
    assert "ROOT" not in re.findall(r"\w+", text), f"{file} names the root of this repository"
    ups = [int(levels) for levels in re.findall(r"__file__\)(?:\.resolve\(\))?\.parents\[(\d+)\]", text)]
    assert all(up < len(file.parts) - 1 for up in ups), f"{file} reads beside its own package"
    assert text.count("__file__") == len(re.findall(r"Path\(__file__\)\.parent\b(?!\.)", text)) + len(ups)


def test_the_workshop_knows_the_judge_and_itself_and_no_test():
    found = {name.partition(".")[0] for file in EVERY for name in imported(file, parsed(file))}
    assert "plimsoll" in found
    assert "tests" not in found


def test_no_app_and_no_lesson_knows_judge_or_workshop():
    here = [Path(name) for name in listed.files() if name.endswith(".py") and (ROOT / name).is_file()]
    others = [file for file in here if file.parts[0] not in {"plimsoll", "workshop", "tests"}]
    assert {file.parts[0] for file in others} >= {"python-flask"}
    for file in others:
        found = {name.partition(".")[0] for name in imported(file, parsed(file))}
        assert not found & {"plimsoll", "workshop"}, f"{file} is of an app, which is whole in itself"


@pytest.mark.parametrize("file", EVERY, ids=str)
def test_a_module_has_one_idea(file):
    lines = (ROOT / file).read_text().count("\n")
    assert lines <= GROWN, f"{file} has {lines} lines: take an idea out of it"


def rows(pattern):
    """The rows of CONTRIBUTING.md's tables of modules: the floor where one is told, the folder, the module."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for *floor, folder, names in re.findall(pattern, text, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", names):
            yield *map(int, floor), folder, name


def test_every_module_of_the_judge_is_in_the_table_of_floors_from_the_top_down():
    told = list(rows(r"^\| (\d) \| `(plimsoll/[\w/]*)` \| .* \| (.*) \|$"))
    named = [file for file in JUDGES if not file.name.startswith("__")]
    assert sorted(told) == sorted((FLOORS[place(file)[0]][0], f"{file.parent}/", file.stem) for file in named)
    steps = [place(Path(folder, f"{name}.py"))[0] for _, folder, name in told]
    assert steps == sorted(steps, reverse=True), "the table is not in the order of the floors"


def test_every_module_of_the_workshop_is_in_its_table():
    told = list(rows(r"^\| `(workshop/[\w/]*)` \| .* \| (.*) \|$"))
    named = [file for file in EVERY if file.parts[0] == "workshop" and not file.name.startswith("__")]
    assert sorted(told) == sorted((f"{file.parent}/", file.stem) for file in named)
