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
