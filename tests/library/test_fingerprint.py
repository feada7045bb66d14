"""What makes an image be built again."""

import dataclasses

import pytest

from plimsoll.builds import fingerprint
from plimsoll.project import app, lessons

APPS = {variant.image for variant in app.variants()}


def changed_by_a_commit(monkeypatch, variants):
    found = []
    for revision in ("one", "other"):
        monkeypatch.setattr(fingerprint, "labels", lambda revision=revision: {"REVISION": revision})
        found.append(fingerprint.fingerprints(variants))
    return {image for image in found[0] if found[0][image] != found[1][image]}


@pytest.fixture
def apart(tmp_path):
    """A lesson that stands on a base alone: today each of ours stands on an app."""
    dockerfile = tmp_path / "bad.Dockerfile"
    dockerfile.write_text("FROM busybox:1.37-musl\nCOPY . /\n")
    return dataclasses.replace(lessons.variants()[0], image="plimsoll/made-for-a-test:apart", file=dockerfile)


def test_a_commit_alone_builds_the_apps_and_what_is_built_on_them_and_no_other_lesson(monkeypatch, apart):
    ours = lessons.variants()
    on_apps = {variant.image for variant in ours if APPS & set(variant.dockerfile.bases)}
    assert on_apps, "no lesson is built on an app"
    assert changed_by_a_commit(monkeypatch, [*app.variants(), *ours, apart]) == APPS | on_apps


def test_an_edit_builds_that_lesson_too(monkeypatch, apart):
    """It is left alone above because it takes no labels, not because nothing can change it."""
    monkeypatch.setattr(fingerprint, "labels", dict)
    before = fingerprint.fingerprints([apart])
    monkeypatch.setattr(fingerprint, "_contents", lambda _: ("edited",))
    assert fingerprint.fingerprints([apart]) != before
