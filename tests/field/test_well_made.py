"""Well-made images that are not ours: nothing above a warning, and no warning that nobody here has agreed with.

Each folder is judged as its owner would, with the options that its CASE.toml gives. `warnings` are expressions for what
a demanding engineer would say of it, too: `RULE: PLACE: FOUND`.
"""

import re
import tomllib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "well-made"
NAMES = sorted(folder.name for folder in FOLDER.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_is_found_to_be_well_made(name, ask):
    said = tomllib.loads((FOLDER / name / "CASE.toml").read_text())
    judged = ask(FOLDER / name, *said.get("options", []))
    assert judged.error == [], said["why"]
    unknown = [each for each in judged.warning if not any(re.search(known, each) for known in said["warnings"])]
    assert unknown == [], said["why"]
    assert judged.not_judged == {}


def test_of_a_well_made_slim_app_little_is_printed(told):
    """What a stranger reads of it first: no error, three warnings at most, and all else in one line of notes."""
    said = told(FOLDER / "flask-gunicorn")
    # That all is judged is what the test above asks.
    lines = [line for line in said.splitlines() if not line.startswith("not judged: ")]
    *found, notes, left_out, summary = (line for line in lines if line and not line.startswith("why and how"))
    assert [line for line in found if ": error: " in line] == []
    warnings = [line for line in found if re.match(r"\S+(:\d+)?( \S+)?: warning: ", line)]
    assert len(warnings) <= 3
    assert len(found) == len(warnings), said
    assert re.fullmatch(r"\d+ notes?: image\..*; --verbose shows them", notes)
    assert re.fullmatch(r"left out: \d+ rules; .*", left_out)
    assert re.fullmatch(r"\d+ findings \(.*\d+ notes\); \d+ rules judged 1 subject", summary)
