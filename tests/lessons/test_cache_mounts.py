"""What a tool keeps from one build to the next is there though the layer is built anew, and is not in the image."""

import re
import shutil
import uuid

import pytest

from plimsoll.facts.image import image
from tests.lessons.conftest import steps


@pytest.fixture
def edited(lesson, tmp_path):
    """A function that gives a copy of the lesson in which one source is new each time."""
    folder = tmp_path / "copy"
    shutil.copytree(lesson, folder)

    def edit():
        (folder / "sources/hull.txt").write_text(f"{uuid.uuid4()}\n")
        return folder

    return edit


def compiled(record):
    """The sources that were compiled."""
    assert record.code == 0, record.failure
    (step,) = steps(record, "sh compile.sh")
    assert not step.cached
    return re.findall(r"compiling sources/(\w+).txt", step.log)


@pytest.mark.parametrize(
    ("file", "expected"),
    [("Dockerfile", ["hull"]), ("without.Dockerfile", ["bow", "hull", "keel", "mast", "rudder", "stern"])],
)
def test_an_edit_compiles_one_source_with_the_mount_and_all_without(docker_build, edited, file, expected):
    options = [f"--file={file}", "--output=type=cacheonly", "."]
    compiled(docker_build(*options, cwd=edited()))
    assert compiled(docker_build(*options, cwd=edited())) == expected


def test_the_cache_is_in_no_layer(build_image, edited):
    built = build_image("--target=build", ".", cwd=edited())
    contents = dict(image.contents(built))
    assert b"THE KEEL OF THE SHIP\n" in contents["ship"]
    assert not [path for path in contents if path.startswith("root/.cache/compile/")]
