"""What CONTRIBUTING.md tells of rules, facts and plimsoll.toml is what there is to ask for and to write."""

import inspect
import re

from plimsoll.facts import catalogue, registry  # noqa: F401 - it fills FACTS
from plimsoll.rule import Level, every_rule, rule, rule_named
from workshop.root import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text()


def rows(head):
    """The first cells of the rows of a table, and the others, by the first cell of its head."""
    _, _, after = TEXT.partition(f"\n| {head} |")
    _, _, *lines = after.partition("\n\n")[0].splitlines()
    found = [line.strip("|").split(" | ") for line in lines if line.startswith("|")]
    return [(re.findall(r"`([^`]+)`", first), rest) for first, *rest in found]


def test_what_a_rule_can_ask_for():
    assert sorted(name for names, _ in rows("it asks for") for name in names) == sorted(
        {*registry.FACTS, *registry.SUBJECTS}
    )


def test_what_narrows_a_rule():
    told = {name for names, _ in rows("keyword") for name in names}
    assert told == {*inspect.signature(rule).parameters} - {"level"}
    ((_, (uses,)),) = ((names, rest) for names, rest in rows("keyword") if names == ["uses"])
    assert set(re.findall(r"`(\w+)`", uses)) == {use for each in every_rule().values() for use in each.uses}


def test_what_a_fact_can_be():
    told = set(re.findall(r"^- `(\w+)=", TEXT, re.MULTILINE))
    assert told == {*inspect.signature(registry.fact).parameters} - {"depth"}
    for depth in registry.Depth:
        assert re.search(rf"`(Depth\.)?{depth.name}`", TEXT)


def test_levels_and_an_example_of_each():
    told = rows("level")
    assert [names for names, _ in told] == [[level.value] for level in Level]
    for (level,), (_, example) in told:
        (name,) = re.findall(r"`(\S+)`", example)
        assert rule_named(name).level.value == level


def test_every_file_it_names_is_there():
    text = re.sub(r"^```.*?^```", "", TEXT, flags=re.DOTALL | re.MULTILINE)
    named = [name for name in re.findall(r"`([\w./-]+)`", text) if "/" in name and name == name.lower()]
    assert len(named) > 10
    for name in named:
        assert (ROOT / name).exists(), f"CONTRIBUTING.md names {name}"


def test_the_lock_file_is_made_of_what_there_is():
    (extra,) = re.findall(r"--extra (\w+)", TEXT)
    assert re.search(rf"^{extra} = \[", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
