"""Cases from the field, judged as their owners would: a folder, the command, nothing else.

A case's CASE.toml says what it is. `bad` has a fault, which a rule of level error or warning must name: `[[finding]]`
has the rule, and expressions for `place` and `found`. `good` has none: nothing above a note may be found. `robust` is
hard to read, and must come to a clear end that tells what the expressions in `tells` ask for. `bound` is in seconds.
`built_as` names a case with the same steps in its build, of which the rules that build again are asked.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from plimsoll.facts.registry import Depth
from plimsoll.facts.run import ownership
from plimsoll.rule import every_rule
from workshop.field import GRAVE, findings, is_named

CASES = Path(__file__).parent / "cases"
ENDLESS = 600
"""Seconds after which a case is given up; its own bound says how long it may take where that matters."""


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        cases = [(file.parent, tomllib.loads(file.read_text())) for file in sorted(CASES.glob("*/CASE.toml"))]
        named = [pytest.param(case, id=f"{case[1]['kind']}-{case[0].name}") for case in cases]
        metafunc.parametrize("case", named)


@pytest.fixture
def judged(case, tmp_path, monkeypatch):
    """What `plimsoll check` says of a copy of the case, which is in no clone: results, all its words, exit code."""
    folder, said = case
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns("CASE.toml"))
    monkeypatch.delenv(ownership.ENVIRONMENT, raising=False)
    options = [*said.get("options", []), *_as_deep_as_needed(said)]
    command = [sys.executable, "-m", "plimsoll", "check", copy, "--quiet", "--output=json", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=said.get("bound", ENDLESS), check=False)
    words = done.stdout + done.stderr
    assert "Traceback" not in words
    assert done.returncode in {0, 1, 2}, words
    results = json.loads(done.stdout)["results"] if done.stdout else []
    return results, words.replace(f"{copy}/", ""), done.returncode


AGAIN = [str(rule) for rule in every_rule().values() if rule.depth is Depth.BUILD]
"""The rules that build again, which takes minutes."""


def _as_deep_as_needed(said):
    """Options by which nothing is looked for that the case is not about, and nothing is built again for it."""
    if "built_as" in said:
        assert "built_as" not in tomllib.loads((CASES / said["built_as"] / "CASE.toml").read_text())
        return [f"--skip={name}" for name in AGAIN]
    if said["kind"] != "bad":
        return []
    wanted = {each["rule"] for each in said["finding"]}
    depth = max(rule.depth for rule in every_rule().values() if str(rule) in wanted)
    # What is built again goes with what is started.
    named = {Depth.TEXT: "text", Depth.IMAGE: "image"}.get(depth, "run")
    return [f"--depth={named}", *(f"--skip={name}" for name in AGAIN if name not in wanted)]


def test_verdict(case, judged):
    _, said = case
    results, words, code = judged
    shown = "\n".join(f"{level}: {rule}: {found}" for level, rule, found in findings(results) if level in GRAVE)
    missing = [each for each in said.get("finding", []) if not is_named(each, results)]
    assert not missing, f"{said['why']}\n{missing} are not found, but\n{shown}"
    assert [each for each in said.get("tells", []) if not re.search(each, words)] == [], words
    if said["kind"] == "bad":
        assert said["finding"], "its CASE.toml says no rule"
    if said["kind"] == "good":
        assert not shown, f"{said['why']}\n{shown}"
        unjudged = [each["not_judged"] or each["not_judged_in_part"] for each in results]
        assert [*filter(None, unjudged)] == []
        assert code in {0, 1}
    if said["kind"] == "robust":
        assert said.get("finding") or said.get("tells"), "its CASE.toml says nothing that must be told"
