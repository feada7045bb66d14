"""Whether what was published would be built of other bases today is told by its provenance and the registries."""

import json

import pytest

from plimsoll.errors import PlimsollError, UnreadableError
from plimsoll.facts.image.manifests import ABOUT
from plimsoll.registries import connection, logins, repository
from workshop import renewal
from workshop.served import INDEX, Fault, served

SLSA = ("https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1")


@pytest.fixture
def registry(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setattr(connection, "PAUSES", ())
    for each in (logins.kept, repository._connection):
        each.cache_clear()
    with served() as registry:
        yield registry


def base(registry, tag, *platforms):
    """Hold a base under a tag, for some platforms, and return its digest."""
    images = [registry.manifest({"layers": [], "of": f"{tag} {platform}"}) for platform in platforms]
    return registry.manifest({"manifests": images}, tag, media_type=INDEX)["digest"]


def statement(predicate, *materials):
    named = [{"uri": uri, "digest": {"sha256": digest.removeprefix("sha256:")}} for uri, digest in materials]
    named.append({"uri": "https://example.test/source.git", "digest": {"sha1": "0" * 40}})
    told = {"materials": named} if "v0" in predicate else {"buildDefinition": {"resolvedDependencies": named}}
    return json.dumps({"predicateType": predicate, "predicate": told}).encode()


def publish(registry, tag, content, predicate):
    """Hold an image whose index has that provenance beside it."""
    layer = registry.blob(content) | {"annotations": {"in-toto.io/predicate-type": predicate}}
    other = registry.blob(b"{}") | {"annotations": {"in-toto.io/predicate-type": "https://spdx.dev/Document"}}
    about = registry.manifest({"layers": [other, layer]}) | {"annotations": {ABOUT: "attestation-manifest"}}
    registry.manifest({"manifests": [registry.manifest({"layers": []}), about]}, tag, media_type=INDEX)
    return f"{registry.host}/app:{tag}"


@pytest.mark.parametrize("predicate", SLSA)
def test_the_same_bases_are_no_reason_and_others_are_told(registry, predicate):
    was = base(registry, "1.26-trixie", "amd64", "arm64")
    uri = f"pkg:docker/{registry.host.replace(':', '%3A')}/golang@1.26-trixie?platform=linux%2Famd64"
    own = ("pkg:docker/plimsoll/sbom@1?platform=linux%2Famd64", f"sha256:{'0' * 64}")
    image = publish(registry, "edge", statement(predicate, (uri, was), own), predicate)
    assert renewal.changed([image]) == []
    now = base(registry, "1.26-trixie", "amd64", "arm64", "riscv64")
    told = f"{registry.host}/golang:1.26-trixie was {was[7:19]} and is {now[7:19]}"
    assert renewal.changed([image]) == [told]


def test_a_platforms_own_digest_is_one_of_its_index(registry):
    base(registry, "13", "amd64", "arm64")
    (first, _) = repository.Repository(f"{registry.host}/debian").manifest("13").value["manifests"]
    found = statement(SLSA[1], (f"pkg:docker/{registry.host}/debian@13", first["digest"]))
    assert renewal.changed([publish(registry, "edge", found, SLSA[1])]) == []


def test_official_names_are_asked_for_where_engines_ask(registry, monkeypatch):
    monkeypatch.setattr(renewal.auth, "INDEX_NAME", registry.host)
    now = base(registry, "3.13", "amd64")
    found = statement(SLSA[1], ("pkg:docker/python@3.13", f"sha256:{'0' * 64}"))
    assert renewal.changed([publish(registry, "edge", found, SLSA[1])]) == [
        f"python:3.13 was {'0' * 12} and is {now[7:19]}"
    ]


def test_what_is_not_there_yet_is_a_reason(registry):
    image = f"{registry.host}/app:edge"
    assert renewal.changed([image]) == [f"{image} is not there, or tells no bases"]
    registry.manifest({"layers": []}, "edge")
    assert renewal.changed([image]) == [f"{image} is not there, or tells no bases"]


def test_a_registry_that_is_down_is_no_reason_but_an_error(registry):
    registry.faults.append(Fault("/v2/", 503))
    with pytest.raises(PlimsollError, match="503"):
        renewal.changed([f"{registry.host}/app:edge"])


@pytest.mark.parametrize(
    "content", [b"[", b"[]", b"{}", b'{"predicate": {"materials": [{}]}}', b'{"predicate": {"materials": [1]}}']
)
def test_what_is_no_provenance_is_told(content):
    with pytest.raises(UnreadableError, match="can't be understood.*publish the image again"):
        list(renewal.materials(content))
