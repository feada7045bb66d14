"""Two runs of `plimsoll check` at a time on one folder: neither takes the other's image away, and both say the same."""

import json
import uuid

import pytest

from plimsoll.commands.dockerfiles import REPOSITORY
from plimsoll.facts.run.trial import poll_until

pytestmark = pytest.mark.xdist_group("check")

HEARD_WITHIN = 60
"""Seconds in which the engine tells what has happened."""

DOCKERFILE = """\
FROM busybox:1.37-musl AS dev
FROM busybox:1.37-musl
RUN echo {random} > /built
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["/nowhere"]
"""
"""A server that can't be started, so that what is said of it names its image."""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / f"twice-{uuid.uuid4().hex}"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE.format(random=uuid.uuid4()))
    return folder


def test_both_say_the_same_and_leave_nothing(begin, built_of, heard, folder):
    tagged = heard(type="image", event="tag")
    begun = [begin(folder, "--output=json") for _ in range(2)]
    said = [each.wait() for each in begun]
    assert [each.process.returncode for each in begun] == [1, 1], [each.errors for each in begun]
    first, second = (json.loads(each) for each in said)
    assert first == second
    (served,) = [each for each in first["results"] if each["rule"] == "run.answers_its_endpoints"]
    assert served["findings"][0]["found"].startswith(f"{folder.name}:image can't be started")
    assert REPOSITORY not in said[0]
    assert built_of(folder.name) == []
    assert poll_until(lambda: len(repositories_of(folder, tagged)) == len(begun), HEARD_WITHIN), tagged


def test_a_folder_with_a_name_longer_than_an_images_can_be_is_judged(check, tmp_path):
    folder = tmp_path / ("long-" * 50)
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM busybox:1.37-musl\nUSER 65532:65532\n")
    done = check(folder, "--rule=builds")
    assert done.code == 0, done.said + done.errors


def repositories_of(folder, tagged):
    """The repositories of the images that were built of a folder, by what the engine has told."""
    names = [event["Actor"]["Attributes"].get("name", "") for event in list(tagged)]
    return {name.partition(":")[0] for name in names if name.startswith(f"{REPOSITORY}{folder.name}")}
