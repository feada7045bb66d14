"""One Dockerfile, several versions: what a build argument changes, and what it leaves behind."""

from plimsoll import engine
from plimsoll.facts.image import image


def test_the_default_is_a_version_too(build_image, said):
    assert said(build_image(".")) == "<h1>Harbour page, v1</h1>"


def test_an_argument_chooses_another_version(build_image, said):
    name = build_image("--build-arg=VERSION=v2", ".")
    assert said(name) == "<h1>Harbour page, v2, with tides</h1>"
    assert image.read(name).environment["VERSION"] == "v2"


def test_an_argument_before_the_first_from_chooses_the_base(build_image):
    ours = {layer.digest for layer in image.read(build_image("--build-arg=BASE=alpine:3.22", ".")).layers}
    assert {layer.digest for layer in image.read("alpine:3.22").layers} <= ours
    assert not {layer.digest for layer in image.read("busybox:1.37-musl").layers} <= ours


def test_a_version_that_does_not_exist_does_not_build(docker_build):
    record = docker_build("--build-arg=VERSION=v3", "--output=type=cacheonly", ".")
    assert record.code != 0
    assert "v3.html" in record.failure


def test_an_argument_stays_in_the_history_where_anybody_reads_it(build_image):
    name = build_image("--build-arg=VERSION=v2", ".")
    history = engine.client().images.get(name).history()
    assert any("VERSION=v2" in row["CreatedBy"] and "grep" in row["CreatedBy"] for row in history)
