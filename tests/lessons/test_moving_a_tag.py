"""A tag in a registry is moved to what is there already: the digest stays, of all platforms, and nothing is built."""

import pytest

from plimsoll.errors import PlimsollError
from plimsoll.registries.repository import Repository

PLATFORMS = "--platform=linux/amd64,linux/arm64"


def test_a_moved_tag_leads_to_the_same_bytes(published, create_tag, debians_registry):
    name = f"{debians_registry}/moving"
    old, new = published(f"{name}:1.4.1", PLATFORMS), published(f"{name}:1.4.2", PLATFORMS, "--build-arg=VERSION=1.4.2")
    images = Repository(name)
    assert old != new
    for digest in (old, new):
        create_tag(f"{name}:1.4", f"{name}@{digest}")
        assert images.digest("1.4") == digest
    assert (images.digest("1.4.1"), images.digest("1.4.2")) == (old, new), "a version stays"
    platforms = [each["platform"]["architecture"] for each in images.manifest("1.4").value["manifests"]]
    assert {"amd64", "arm64"} <= set(platforms)


def test_a_tag_answers_with_whatever_it_leads_to_and_a_digest_with_itself(published, debians_registry):
    name = f"{debians_registry}/moving-again"
    old = published(f"{name}:edge")
    images = Repository(name)
    before = images.manifest("edge").content
    new = published(f"{name}:edge", "--build-arg=VERSION=1.4.2")
    assert images.digest("edge") == new != old
    assert images.manifest(old).content == before
    with pytest.raises(PlimsollError, match="does not have it"):
        images.digest("latest")
