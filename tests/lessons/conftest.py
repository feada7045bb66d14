"""What the lessons about building ask for: builds with their record, and images that are gone afterwards."""

import json
import subprocess
import uuid
from contextlib import suppress
from pathlib import Path

import pytest
from docker.errors import ImageNotFound

from plimsoll import engine, lessons
from plimsoll.facts.build.record import Record
from plimsoll.facts.run import container


def pytest_collection_modifyitems(items):
    """Keep a lesson's tests in one worker: of two builds at once, each may take the other's steps for its own."""
    for item in items:
        if item.path.parent == Path(__file__).parent and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="module")
def lesson(request):
    """The folder of the lesson that a test is about: its file has the same name."""
    return lessons.FOLDER / request.path.stem.removeprefix("test_")


@pytest.fixture(scope="module")
def new_tag():
    """A function that makes up a name for an image; whatever has the name after the tests of its lesson is removed."""
    made = []

    def make():
        made.append(f"plimsoll/lesson-feature:{uuid.uuid4().hex}")
        return made[-1]

    yield make
    for name in made:
        with suppress(ImageNotFound):
            engine.client().images.remove(name, force=True)


@pytest.fixture(scope="module")
def docker_build(lesson):
    """`docker build` with the given arguments, in the lesson's folder; gives the record of its steps."""

    def run(*arguments, stdin=None, cwd=lesson):
        done = subprocess.run(
            ["docker", "build", "--progress=rawjson", *arguments],
            cwd=cwd,
            env=engine.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        record = Record(done.returncode)
        for line in done.stderr.splitlines(keepends=True):
            record.note(line, quiet=True)
        return record

    return run


@pytest.fixture(scope="module")
def build_image(docker_build, new_tag):
    """The same for a build that must succeed: the image's name."""

    def run(*arguments, **options):
        name = new_tag()
        record = docker_build(f"--tag={name}", *arguments, **options)
        assert record.code == 0, record.failure
        return name

    return run


@pytest.fixture
def published(lesson, tmp_path):
    """Builds the lesson's image and pushes it: the digest under which the registry has it."""

    def publish(name, *arguments):
        told = tmp_path / "told.json"
        command = ["docker", "buildx", "build", f"--output=type=image,name={name},push=true", f"--metadata-file={told}"]
        done = subprocess.run(
            [*command, *arguments, "."],
            cwd=lesson,
            env=engine.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        with suppress(ImageNotFound):
            engine.client().images.remove(name, force=True)
        return json.loads(told.read_text())["containerimage.digest"]

    return publish


@pytest.fixture
def create_tag():
    """Lets a tag lead to what a registry has."""

    def create(tag, image):
        command = ["docker", "buildx", "imagetools", "create", f"--tag={tag}", image]
        done = subprocess.run(command, env=engine.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return create


@pytest.fixture
def said():
    """What a container of an image prints that ends well."""

    def run(image, *command, **options):
        with container.started(image, command=list(command) or None, network_mode="none", **options) as running:
            code = running.wait()
            words = running.logs()
        assert code == 0, words
        return words

    return run


def steps(record, words):
    """The steps of a record whose name has these words."""
    return [step for step in record.steps.values() if words in step.name]
