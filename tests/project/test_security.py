"""SECURITY.md and `check --help` say what the code does: the helper's rights, the bounds of what is judged."""

import re

from plimsoll.commands import trust
from plimsoll.facts.registry import Depth
from plimsoll.facts.run import helper, launch, rights
from workshop.judging import SECURITY

TEXT = re.sub(r"\s+", " ", SECURITY.read_text())


def test_the_page_lists_the_rights_that_the_helper_is_given():
    """What else it lists is `rights.CONFINEMENT`; tests/library/test_rights.py holds both against a running helper."""
    listed = re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", SECURITY.read_text(), re.MULTILINE)
    assert dict(listed) == rights.CAPABILITIES
    assert rights.options()["cap_add"] == [name for name, _ in listed]
    assert rights.options()["cap_drop"] == ["ALL"]


def test_help_names_the_same_capabilities():
    assert set(re.findall(r"[A-Z]+_?[A-Z]+(?:_[A-Z]+)*", trust.TEXT)) - {"RUN", "SECURITY"} == set(rights.CAPABILITIES)


def test_the_page_names_the_helpers_image_and_every_depth():
    assert f"`{helper.IMAGE}`" in TEXT
    told = set(re.findall(r"^\| (\w+) \|", SECURITY.read_text(), re.MULTILINE))
    assert {depth.name.lower() for depth in Depth} <= told


def test_the_bounds_of_what_is_judged_are_those_of_the_code():
    memory, processes = launch.LIMITS["mem_limit"], launch.LIMITS["pids_limit"]
    log = launch.LIMITS["log_config"]["Config"]["max-size"]
    told = f"{memory.removesuffix('g')} GB of memory, {processes} processes and {log.removesuffix('m')} MB of log"
    assert told in TEXT
