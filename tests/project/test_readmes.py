"""The READMEs promise only what holds: their tables are those that the command makes."""

import re

import pytest

from workshop import apps, engine_setup, readme, space
from workshop import sizes as report
from workshop.root import ROOT

TOLERANCE = 0.05
"""Debian's packages move a little from week to week, and official bases differ a little from stand-ins."""

README = ROOT / "README.md"
FILES = readme.files(list(apps.variants()))


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(ROOT)) for file in FILES])
def test_its_sizes_are_current(file):
    printed = readme.printed(file)
    measured = {(row.app, row.variant): row for row in report.sizes(FILES[file])}
    assert printed.keys() == measured.keys(), f"{file} lists other images than there are: run `make readme`"
    stale = [name for name, row in measured.items() if readme.differs(printed[name], row, TOLERANCE)]
    assert not stale, f"{file} prints old sizes of {stale}: run `make readme`"


def test_every_make_target_it_names_exists():
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
    for file in [*FILES, ROOT / "CONTRIBUTING.md"]:
        named = set(re.findall(r"`make ([a-z]+)", file.read_text()))
        assert named <= targets, f"{file} names {named - targets}"


def test_every_link_in_it_leads_somewhere():
    for file in [*FILES, ROOT / "CONTRIBUTING.md", ROOT / "bases/README.md"]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", file.read_text()):
            assert (file.parent / target).exists(), f"{file} links to {target}"


def test_what_it_says_to_do_without_make_is_what_a_machine_without_it_does():
    told = re.search(r"<!-- without-make:begin -->\n(.*)<!-- without-make:end -->", README.read_text(), re.DOTALL)
    script = (ROOT / "tests/machines/bare/library.sh").read_text()
    commands = [line.strip() for line in told[1].splitlines()]
    assert len(commands) == 4
    assert [each for each in commands if each not in script] == []


def test_what_it_says_of_an_engines_cache_is_what_one_is_told():
    (policy,) = engine_setup.DAEMON_SETTINGS["builder"]["gc"]["policy"]
    told = re.search(r"at most (\d+) GB of cache", README.read_text())
    assert f"{told[1]}GB" == policy["maxUsedSpace"]


def test_the_room_that_it_says_a_run_takes_is_what_a_run_asks_for():
    told = re.search(r"the\s+builder's\s+cache\s+take\s+(\d+)\s+GB", README.read_text())
    assert int(told[1]) * 10**9 == space.FROM_NOTHING
