"""Official images with their real configuration: an entrypoint script, root that drops to a user, a volume, port 80.

The folders of official/ rebuild what the public Dockerfiles say, where the stand-ins of bases/ say less.
"""

import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "official"
NAMES = sorted(folder.name for folder in FOLDER.iterdir())
STAND_INS = ["debian:trixie-slim", "nginx:1.28-trixie", "node:24-trixie-slim", "postgres:17-trixie"]
"""Those of a kind each; what is found in the others is asked of all in tests/check."""

ABOUT_APPS = "image.has_a_health_check"


@pytest.fixture
def tagged():
    """An image of official configuration, built for the length of a test under the name that it is given."""
    made = []

    def build(folder, name):
        command = ["docker", "buildx", "build", "--quiet", "--load", f"--tag={name}", folder]
        subprocess.run(command, check=True, capture_output=True)
        made.append(name)
        return name

    yield build
    for name in made:
        subprocess.run(["docker", "image", "rm", "--force", name], check=False, capture_output=True)


@pytest.mark.parametrize("name", NAMES)
def test_in_production_nothing_grave_is_found(name, ask):
    """As a folder of one's own: it begins as root, and what serves does not stay it."""
    judged = ask(FOLDER / name)
    assert (judged.error, judged.warning, judged.not_judged) == ([], [], {})


@pytest.mark.parametrize("name", NAMES)
def test_under_its_official_name_it_is_a_base(name, ask, tagged):
    """No label tells that of the real ones; they are asked nothing that is about an app."""
    judged = ask(tagged(FOLDER / name, f"{name}:plimsoll-field"))
    assert (judged.error, judged.warning, judged.not_judged) == ([], [], {})
    assert ABOUT_APPS not in judged.rules
    assert not any(rule.startswith("run.") for rule in judged.rules)


def test_under_a_name_of_ones_own_it_is_an_app(ask, tagged):
    judged = ask(tagged(FOLDER / "nginx", "plimsoll/field-nginx:1.0"), "--depth=image")
    assert ABOUT_APPS in judged.rules


@pytest.mark.parametrize("name", STAND_INS)
def test_nothing_is_found_in_what_stands_in_for_one(name, ask):
    judged = ask(name)
    assert (judged.error, judged.warning, judged.not_judged) == ([], [], {})
