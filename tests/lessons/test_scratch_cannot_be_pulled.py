"""`scratch` is a word of the Dockerfile's language, not an image."""

import subprocess

from plimsoll import engine
from plimsoll.facts.image import image


def test_scratch_is_a_reserved_name():
    """The engine refuses it by itself, without asking any registry."""
    command = ["docker", "pull", "scratch"]
    done = subprocess.run(command, env=engine.environment(), capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode != 0
    assert "'scratch' is a reserved name" in done.stderr


def test_an_image_from_scratch_holds_what_was_copied_and_nothing_else(build_image, lesson):
    facts = image.read(build_image("."))
    assert list(facts.files) == ["README.md"]
    assert facts.size == (lesson / "README.md").stat().st_size
    assert facts.config.get("Env") in (None, []) or set(facts.environment) == {"PATH"}
