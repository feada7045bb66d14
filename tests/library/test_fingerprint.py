"""What makes an image be built again."""

from plimsoll.builds import fingerprint
from plimsoll.project import app, lessons


def test_a_commit_alone_builds_the_apps_and_what_is_built_on_them_and_no_other_lesson(monkeypatch):
    variants = [*app.variants(), *lessons.variants()]
    ours = {variant.image for variant in app.variants()}
    found = []
    for revision in ("one", "other"):
        monkeypatch.setattr(fingerprint, "labels", lambda revision=revision: {"REVISION": revision})
        found.append(fingerprint.fingerprints(variants))
    changed = {image for image in found[0] if found[0][image] != found[1][image]}
    on_ours = {variant.image for variant in lessons.variants() if ours & set(variant.dockerfile.bases)}
    assert on_ours, "no lesson is built on an app"
    assert changed == ours | on_ours
