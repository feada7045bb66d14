"""`plimsoll check REGISTRY/IMAGE@sha256:…`: what is published is read from its registry, judged without an engine."""

import base64
import gzip
import io
import json
import ssl
import tarfile
from pathlib import Path

import pytest
import trustme

from workshop.served import CONFIG, INDEX, LAYER, Fault

NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere"}
IMAGE = "org.opencontainers.image."
COMMIT = "0123456789abcdef0123456789abcdef01234567"
LABELS = {
    f"{IMAGE}title": "hello",
    f"{IMAGE}version": "1.4.2",
    f"{IMAGE}revision": COMMIT,
    f"{IMAGE}source": "https://example.test/hello",
    f"{IMAGE}licenses": "MIT",
}
SERVES = {"ExposedPorts": {"8080/tcp": {}}, "Healthcheck": {"Test": ["CMD", "/hello", "--healthy"]}}
SPDX = "https://spdx.dev/Document"
SLSA = "https://slsa.dev/provenance/v1"
UNPACKED = "application/vnd.oci.image.layer.v1.tar"


def packed(**files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as made:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            made.addfile(member, io.BytesIO(content))
    return stream.getvalue()


class Published:
    """An image for two platforms, well made but for what a test says.

    Args:
        registry: that it is put into.

    """

    def __init__(self, registry, name="team/hello"):
        self.registry, self.name = registry, name
        self.platforms = {"amd64": {}, "arm64": {}}
        self.labels, self.annotations = dict(LABELS), dict(LABELS)
        self.provenance = {"buildDefinition": {"externalParameters": {"request": {"args": {}}}}}
        self.provenance["runDetails"] = {"metadata": {"buildkit_metadata": {"vcs": {"revision": COMMIT}}}}
        self.attested = [(SLSA, lambda: self.provenance), (SPDX, lambda: {"packages": []})]
        self.layer, self.media_type = {}, LAYER
        self.index = {}

    def put(self, *tags):
        """Publish it: its name by digest."""
        manifests = []
        for architecture, own in self.platforms.items():
            manifests += self._image(architecture, **own)
        document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests, "annotations": self.annotations}
        self.digest = self.registry.manifest(document | self.index, *tags, media_type=INDEX)["digest"]
        return f"{self.registry.host}/{self.name}@{self.digest}"

    def _image(self, architecture, said=None, size=10, **settings):
        content = packed(hello=b"#!/hello\n" + b"x" * size, **self.layer)
        layer = self.registry.blob(
            content if self.media_type == UNPACKED else gzip.compress(content, mtime=0), self.media_type
        )
        config = {
            "os": "linux",
            "architecture": architecture,
            "config": {"User": "65532:65532", "Entrypoint": ["/hello"], "Labels": self.labels, **SERVES, **settings},
        }
        config = self.registry.blob(json.dumps(config).encode(), CONFIG)
        image = self.registry.manifest({"schemaVersion": 2, "config": config, "layers": [layer]})
        yield {**image, "platform": {"os": "linux", "architecture": said or architecture}}
        for kind, predicate in self.attested:
            about = [{"name": "hello", "digest": {"sha256": image["digest"].partition(":")[2]}}]
            statement = {"predicateType": kind, "subject": about, "predicate": predicate()}
            stored = self.registry.blob(json.dumps(statement).encode(), "application/vnd.in-toto+json")
            manifest = {"config": config, "layers": [{**stored, "annotations": {"in-toto.io/predicate-type": kind}}]}
            annotations = {
                "vnd.docker.reference.type": "attestation-manifest",
                "vnd.docker.reference.digest": image["digest"],
            }
            unknown = {"os": "unknown", "architecture": "unknown"}
            yield {**self.registry.manifest(manifest), "platform": unknown, "annotations": annotations}


@pytest.fixture
def registry(serve_registry):
    return serve_registry()


@pytest.fixture
def published(registry):
    return Published(registry)


@pytest.fixture
def judged(check, tmp_path):
    """Judges what is published, without an engine and with nothing kept: what rules of the group find, by name."""

    def judged(name, *options, **variables):
        settings = {"PLIMSOLL_CACHE": str(tmp_path / "cache"), "DOCKER_CONFIG": str(tmp_path), **NO_ENGINE}
        return check(name, "--platform=linux/amd64", "--quiet", *options, **settings | variables)

    return judged


def broken(done):
    """What is found by rules on what is published, each with its place."""
    assert done.code in {0, 1}, done.errors
    return {
        (each["rule"].removeprefix("published."), finding["place"], finding["found"])
        for each in json.loads(done.said)["results"]
        for finding in each["findings"]
        if each["rule"].startswith("published.")
    }


def test_what_is_well_published_keeps_all_rules(judged, published):
    done = judged(published.put(), "--output=json", "--fail-on=note")
    results = json.loads(done.said)["results"]
    assert [(each["rule"], each["findings"]) for each in results if each["findings"]] == [], done.said
    group = {each["rule"] for each in results if each["rule"].startswith("published.") and not each["not_judged"]}
    assert len(group) >= 8
    assert any("docker pull" in str(each["not_judged"]) for each in results), {each["not_judged"] for each in results}
    assert done.code == 0


def test_layers_are_fetched_once_and_not_at_all_where_their_facts_are_known(judged, published):
    name = published.put()
    judged(name)
    blobs = [each.path for each in published.registry.asked if "/blobs/" in each.path]
    layer = json.loads(
        published.registry.of(
            next(iter(json.loads(published.registry.of(published.digest)[0])["manifests"]))["digest"]
        )[0]
    )["layers"][0]["digest"]
    assert sum(layer in each for each in blobs) == 1
    published.registry.asked.clear()
    judged(name)
    assert not any(layer in each.path for each in published.registry.asked)


@pytest.mark.parametrize("output", ["text", "json", "sarif", "gitlab", "markdown", "github", "junit"])
def test_every_format_tells_it(judged, published, output):
    published.annotations[f"{IMAGE}version"] = "1.4.3"
    done = judged(published.put(), f"--output={output}")
    assert done.code == 1, done.errors
    assert "annotations_agree_with_labels" in done.said
    assert "1.4.3" in done.said


def test_a_log_in_sarif_has_a_place_for_each_finding(judged, published):
    published.annotations[f"{IMAGE}version"] = "1.4.3"
    log = json.loads(judged(published.put(), "--output=sarif").said)
    results = log["runs"][0]["results"]
    assert results
    for each in results:
        uri = each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri
        assert not uri.startswith("/")
        assert ":" not in uri


def test_an_image_that_the_index_calls_otherwise(judged, published):
    published.platforms["arm64"] = {"said": "s390x"}
    assert (
        "is_there_for_the_promised_platforms",
        "linux/s390x",
        "its index says so of an image that is for linux/arm64",
    ) in broken(judged(published.put(), "--output=json"))


def test_a_platform_that_is_promised_and_not_there(judged, published, tmp_path):
    (tmp_path / "own.toml").write_text('platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"]\n')
    done = judged(published.put(), "--output=json", f"--config={tmp_path / 'own.toml'}")
    assert broken(done) == {
        (
            "is_there_for_the_promised_platforms",
            "",
            "it is promised for linux/arm/v7, and there for linux/amd64, linux/arm64",
        )
    }


def test_a_platform_over_its_budget(judged, published, tmp_path):
    published.platforms["arm64"] = {"size": 30_000}
    (tmp_path / "own.toml").write_text('[variant.prod]\nmax_size = "20 kB"\n')
    done = judged(published.put(), "--output=json", f"--config={tmp_path / 'own.toml'}")
    ((rule, place, _),) = broken(done)
    assert (rule, place) == ("fits_its_budget_on_every_platform", "linux/arm64")


def test_what_is_attested_is_missed(judged, published):
    published.attested = []
    rules = {rule for rule, _, _ in broken(judged(published.put(), "--output=json"))}
    assert rules == {"has_a_provenance_that_names_its_commit", "has_an_sbom"}


def test_what_is_attested_of_another_image_does_not_count(judged, published):
    name = published.put()
    index = json.loads(published.registry.of(published.digest)[0])
    images = [each for each in index["manifests"] if each["platform"]["os"] == "linux"]
    one, other = (each["digest"] for each in images)
    for each in index["manifests"]:
        if about := (each.get("annotations") or {}).get("vnd.docker.reference.digest"):
            each["annotations"]["vnd.docker.reference.digest"] = {one: other, other: one}[about]
    digest = published.registry.manifest(index, media_type=INDEX)["digest"]
    found = broken(judged(f"{name.partition('@')[0]}@{digest}", "--output=json"))
    assert len(found) == 4
    assert all("that lies beside it is about" in words for _, _, words in found)


def test_a_program_that_the_sbom_names_no_package_for(judged, published):
    published.layer = {"tool": Path("/bin/true").read_bytes()}
    rows = {
        ("sbom_names_what_is_inside", f"linux/{each}", "its SBOM names no package for /tool")
        for each in ("amd64", "arm64")
    }
    assert broken(judged(published.put(), "--output=json", "--fail-on=note")) == rows
    tool = {"type": "application", "evidence": {"occurrences": [{"location": "/tool"}]}}
    published.attested[1] = ("https://cyclonedx.org/bom", lambda: {"components": [tool]})
    assert broken(judged(published.put(), "--output=json", "--fail-on=note")) == set()


def test_an_sbom_of_packages_alone_is_believed(judged, published):
    published.layer = {"tool": Path("/bin/true").read_bytes()}
    published.attested[1] = (SPDX, lambda: {"packages": [{"name": "coreutils"}]})
    assert broken(judged(published.put(), "--output=json", "--fail-on=note")) == set()


def test_a_provenance_without_a_commit(judged, published):
    published.provenance = {"buildType": "x"}
    assert {(rule, words) for rule, _, words in broken(judged(published.put(), "--output=json"))} == {
        ("has_a_provenance_that_names_its_commit", "its provenance names no commit")
    }


def test_a_secret_in_a_provenance_is_told_and_not_shown(judged, published):
    secret = "a3f1c9d27be84056"  # noqa: S105 - made up
    published.provenance["buildDefinition"]["externalParameters"]["request"]["args"]["build-arg:DB_PASSWORD"] = secret
    done = judged(published.put(), "--output=json")
    (found,) = [each for each in broken(done) if each[0] == "its_provenance_holds_no_secret"]
    assert found[1] == "the build argument DB_PASSWORD"
    assert "linux/amd64, linux/arm64" in found[2]
    assert secret not in done.said


def test_annotations_that_say_something_else_than_labels(judged, published):
    published.annotations[f"{IMAGE}version"] = "1.4.3"
    assert broken(judged(published.put(), "--output=json")) == {
        (
            "annotations_agree_with_labels",
            "linux/amd64, linux/arm64",
            f"the index says {IMAGE}version is '1.4.3', its label '1.4.2'",
        )
    }


def test_annotations_that_do_not_reach_the_index(judged, published):
    published.annotations = {}
    ((rule, _, words),) = broken(judged(published.put(), "--output=json"))
    assert rule == "annotations_reach_the_index"
    assert f"{IMAGE}licenses" in words


def test_a_layer_that_is_stored_unpacked(judged, published):
    published.media_type, published.layer = UNPACKED, {"data": b"0" * 200_000}
    found = broken(judged(published.put(), "--output=json"))
    assert {(rule, place) for rule, place, _ in found} == {
        ("layers_are_stored_packed", "linux/amd64"),
        ("layers_are_stored_packed", "linux/arm64"),
    }


def test_a_configuration_that_differs(judged, published):
    published.platforms["amd64"] = {"Env": ["JAVA_HOME=/usr/lib/jvm/java-21-amd64"]}
    published.platforms["arm64"] = {"Env": ["JAVA_HOME=/usr/lib/jvm/java-21-arm64"]}
    assert broken(judged(published.put(), "--output=json")) == set(), "a processor's name in a path is no difference"
    published.platforms["arm64"] |= {"User": "0"}
    assert broken(judged(published.put(), "--output=json")) == {
        ("is_configured_alike_on_every_platform", "linux/arm64", 'User is "0", for linux/amd64 "65532:65532"')
    }


def test_the_other_platform_is_judged_where_it_is_asked_for(judged, published):
    published.platforms["arm64"] = {"User": "0"}
    name = published.put()
    assert "runs_as_a_numeric_non_root_user" not in judged(name).said
    assert "runs_as_a_numeric_non_root_user" in judged(name, "--platform=linux/arm64").said
    done = judged(name, "--platform=linux/s390x")
    assert done.code == 2
    assert "holds no image for linux/s390x: it holds linux/amd64, linux/arm64" in done.errors


def test_a_tag_is_read_from_its_registry_where_the_engine_does_not_have_it(judged, published):
    published.annotations[f"{IMAGE}version"] = "1.4.3"
    published.put("1.4.2")
    done = judged(f"{published.registry.host}/team/hello:1.4.2")
    assert done.code == 1, done.errors
    assert f"{published.registry.host}/team/hello:1.4.2" in done.said
    missing = judged(f"{published.registry.host}/team/hello:2")
    assert (missing.code, missing.errors.count("\n")) == (2, 1)
    assert "does not have it" in missing.errors


def test_a_single_image_without_an_index_is_judged_too(judged, published):
    name = published.put()
    image = json.loads(published.registry.of(published.digest)[0])["manifests"][0]["digest"]
    rules = {rule for rule, _, _ in broken(judged(f"{name.partition('@')[0]}@{image}", "--output=json"))}
    assert rules == {"has_a_provenance_that_names_its_commit", "has_an_sbom"}


def layout(published, path):
    """The same in OCI's layout, as `docker buildx build --output=type=oci` writes it."""
    digest = published.put().rpartition("@")[2]
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}
    for name, (content, _) in published.registry._held.items():
        files[f"blobs/{name.replace(':', '/')}"] = content
    files["index.json"] = json.dumps({"manifests": [{"mediaType": INDEX, "digest": digest}]}).encode()
    path.write_bytes(packed(**files))
    return path


def test_an_index_in_an_archive_is_judged_alike(judged, published, tmp_path):
    published.annotations[f"{IMAGE}version"] = "1.4.3"
    published.attested = []
    path = layout(published, tmp_path / "image.tar")
    by_archive = broken(judged(path, "--output=json"))
    by_registry = broken(judged(published.put(), "--output=json"))
    assert by_archive == by_registry
    assert {rule for rule, _, _ in by_archive} >= {"annotations_agree_with_labels", "has_an_sbom"}


def test_what_an_engine_saved_is_not_published(judged, published, tmp_path):
    published.platforms = {"amd64": {}}
    path = layout(published, tmp_path / "image.tar")
    with tarfile.open(path) as archive:
        files = {each.name: archive.extractfile(each).read() for each in archive if each.isfile()}
    config = next(each for each in files if b'"architecture": "amd64"' in files[each] and b"Entrypoint" in files[each])
    manifest = next(
        json.loads(each)
        for each in files.values()
        if config.rpartition("/")[2].encode() in each and LAYER.encode() in each
    )
    said = {
        "Config": config,
        "RepoTags": ["hello:1"],
        "Layers": [f"blobs/{each['digest'].replace(':', '/')}" for each in manifest["layers"]],
    }
    path.write_bytes(packed(**files, **{"manifest.json": json.dumps([said]).encode()}))
    done = judged(path, "--output=json")
    assert done.said, done.errors
    assert not any(each["rule"].startswith("published.") for each in json.loads(done.said)["results"])


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("/manifests/", 500), "is broken, 500 Internal Server Error"),
        (Fault("/manifests/", 403), "does not allow it, 403 Forbidden"),
        (Fault("/manifests/", after=20), "breaks off, it ends early"),
        (Fault("/blobs/", after=20), "breaks off, it ends early"),
    ],
)
def test_what_a_registry_does_not_give_is_told_in_one_line(judged, published, fault, told):
    name = published.put()
    published.registry.faults.append(fault)
    done = judged(name)
    assert done.code == 2
    assert (done.said, done.errors.count("\n")) == ("", 1), done.errors
    assert told in done.errors
    assert "Traceback" not in done.errors


def test_a_login_and_a_certificate_of_ones_own(judged, serve_registry, tmp_path):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    registry = serve_registry("localhost", context)
    registry.login, registry.tokens = ("somebody", "a-password"), True
    name = Published(registry).put()
    untrusted = judged(name)
    assert "nobody is trusted who signed the certificate" in untrusted.errors
    trusted = {"REQUESTS_CA_BUNDLE": str(tmp_path / "ca.pem")}
    assert "wants a login for it" in judged(name, **trusted).errors
    said = {"auth": base64.b64encode(b"somebody:a-password").decode()}
    (tmp_path / "config.json").write_text(json.dumps({"auths": {registry.host: said}}))
    done = judged(name, **trusted)
    assert done.code == 0, done.errors + done.said
    assert "a-password" not in done.said + done.errors


def test_a_folder_that_is_misspelt_is_not_asked_of_a_registry(judged):
    done = judged("my.folder/sub")
    assert done.code == 2
    assert "registry" not in done.errors.partition(": ")[2].partition(": ")[0]
