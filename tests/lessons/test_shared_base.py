"""Two images on a base of one's own have its layers in common, and its bytes are there once."""

import subprocess
import uuid

import pytest

from plimsoll import engine
from plimsoll.facts.image import image


@pytest.fixture
def built(lesson):
    """Both images, built as the lesson's README says."""
    tag = f"test-{uuid.uuid4().hex}"
    names = [f"plimsoll/lesson-shared-{name}:{tag}" for name in ("hull", "sails")]
    command = ["docker", "buildx", "bake", "--progress=quiet"]
    done = subprocess.run(
        command, cwd=lesson, env={**engine.environment(), "TAG": tag}, capture_output=True, text=True, check=False
    )
    try:
        assert done.returncode == 0, done.stderr
        yield [image.read(name) for name in names]
    finally:
        for name in names:
            engine.client().images.remove(name, force=True)


def test_the_bytes_of_the_base_are_there_once(built):
    hull, sails = built
    mine, yours = ({layer.digest: layer.size for layer in each.layers} for each in built)
    shared = mine.keys() & yours.keys()
    assert sum(mine[digest] for digest in shared) > 5_000_000
    together = sum({**mine, **yours}.values())
    assert together < 1.01 * hull.size
    assert hull.size + sails.size > 1.98 * together


def test_each_image_is_its_own_all_the_same(built, said):
    assert [said(each.name) for each in built] == ["hull", "sails"]
