"""What `make publish` leaves in a registry: one image of the engine's, signed, told of whole, and under its tags."""

import base64
import json
import re
import subprocess

import pytest
import requests

from plimsoll.facts.run import container
from workshop.publishing.tags import LABEL

from .conftest import PASSWORD, made_key

PROVENANCE, SBOM = "https://slsa.dev/provenance/v1", "https://spdx.dev/Document"

pytestmark = pytest.mark.xdist_group("publishing")


def parts(registry, published):
    """The index, the images in it by platform, and the attestations by what they are about."""
    index = registry.get(f"{published.repository}/manifests/{published.digest}").json()
    images, attested = {}, {}
    for each in index["manifests"]:
        document = registry.get(f"{published.repository}/manifests/{each['digest']}").json()
        about = (each.get("annotations") or {}).get("vnd.docker.reference.digest")
        if about:
            statements = [blob(registry, published, layer["digest"]) for layer in document["layers"]]
            attested[about] = {each["predicateType"]: each["predicate"] for each in statements}
        else:
            images[f"{each['platform']['os']}/{each['platform']['architecture']}"] = each["digest"], document
    return index, images, attested


def blob(registry, published, digest):
    return registry.get(f"{published.repository}/blobs/{digest}").json()


def test_its_tags_are_one_digest_and_it_is_never_latest(registry, published):
    tags = {
        tag for tag in registry.get(f"{published.repository}/tags/list").json()["tags"] if not tag.startswith("sha256-")
    }
    assert {re.sub("^sha-.*", "sha-", tag) for tag in tags} == {"1.4.2", "1.4", "sha-"}
    found = {registry.get(f"{published.repository}/manifests/{tag}").headers["Docker-Content-Digest"] for tag in tags}
    assert found == {published.digest}


def test_the_index_is_for_both_platforms_and_says_what_each_image_says(registry, published):
    index, images, _ = parts(registry, published)
    assert set(images) == {"linux/amd64", "linux/arm64"}
    assert index["annotations"][f"{LABEL}version"] == "1.4.2"
    for platform, (_, manifest) in images.items():
        config = blob(registry, published, manifest["config"]["digest"])
        assert config["architecture"] == platform.partition("/")[2]
        assert config["config"]["Labels"] == index["annotations"] == manifest["annotations"]


def test_it_is_as_old_as_its_commit(git, clone, registry, published):
    index, images, _ = parts(registry, published)
    seconds = git(clone, "show", "--no-patch", "--format=%ct").strip()
    created = index["annotations"][f"{LABEL}created"]
    said = subprocess.run(["date", "--utc", "--date", created, "+%s"], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == seconds
    for _, manifest in images.values():
        config = blob(registry, published, manifest["config"]["digest"])
        assert config["created"] == created
        assert max(step["created"] for step in config["history"]) == created


def test_its_provenance_names_the_commit_and_no_secret(git, clone, registry, published):
    _, images, attested = parts(registry, published)
    for digest, _ in images.values():
        said = attested[digest][PROVENANCE]
        vcs = said["runDetails"]["metadata"]["buildkit_metadata"]["vcs"]
        assert vcs["revision"] == git(clone, "rev-parse", "HEAD").strip()
        assert "llbDefinition" in said["buildDefinition"]["internalParameters"]["buildConfig"], "it is of mode max"
        assert PASSWORD not in json.dumps(said)


def test_its_sbom_names_the_modules_that_it_is_compiled_from(registry, published):
    _, images, attested = parts(registry, published)
    for digest, _ in images.values():
        names = {each["name"] for each in attested[digest][SBOM]["packages"]}
        assert "github.com/gin-gonic/gin" in names


def verified(environment, key, image):
    words = ["cosign", "verify", "--key", str(key.with_suffix(".pub")), "--insecure-ignore-tlog=true", image]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def test_it_is_signed_by_its_digest(environment, key, published):
    done = verified(environment, key, f"{published.name}@{published.digest}")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["critical"]["image"]["docker-manifest-digest"] == published.digest


def test_another_key_has_not_signed_it(environment, published, tmp_path):
    other = made_key(tmp_path, environment)
    done = verified(environment, other, f"{published.name}@{published.digest}")
    assert done.returncode != 0
    assert "signature" in done.stderr


def test_a_changed_manifest_and_a_moved_tag_do_not_verify(environment, key, registry, published):
    where = f"{published.repository}/manifests"
    content = registry.get(f"{where}/{published.digest}")
    changed = json.dumps({**content.json(), "annotations": {"changed": "yes"}}).encode()
    address = f"https://{registry.host}/v2/{where}/moved"
    media_type = content.headers["Content-Type"]
    for body, passes in ((content.content, True), (changed, False)):
        put = requests.put(
            address,
            data=body,
            headers={"Content-Type": media_type},
            auth=("us", PASSWORD),
            verify=str(registry.folder / "ca.pem"),
            timeout=10,
        )
        assert put.status_code == 201, put.text
        assert (verified(environment, key, f"{published.name}:moved").returncode == 0) is passes


def test_again_it_goes_on_where_it_was(publish, published):
    done = publish()
    assert done.returncode == 0, done.stderr
    (line, _) = done.stdout.splitlines()
    assert line.startswith(f"{published.name}@{published.digest}: 1.4.2 is there, 1.4 is there, sha-")
    assert "0 blobs were not there yet" in done.stderr
    assert "building go-gin" not in done.stderr


def test_its_plan_asks_nobody_and_names_what_is_for_one_platform(publish):
    done = publish("--dry-run", registry="registry.invalid/own", key="")
    assert done.returncode == 0, done.stderr
    assert "go-gin: linux/amd64, linux/arm64" in done.stdout
    assert "tags: 1.4.2, 1.4, sha-" in done.stdout
    done = publish("--dry-run", app="node-web")
    assert re.search(r"^node-web: linux/\w+ only: on linux/\w+ it is not proved", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"registry": ""}, "no REGISTRY is named: name a registry's host and a path there"),
        ({"registry": "own"}, "REGISTRY=own is named: name a registry's host"),
        ({"tag": "v9.9.9"}, "git has no tag v9.9.9: make it"),
        ({"app": "nothing"}, "there is no app `nothing`"),
        ({"key": ""}, "there is nothing to sign with: name a key (KEY=cosign.key"),
        ({"key": "missing.key"}, "there is no key missing.key: name yours"),
        ({"variables": {"COSIGN_PASSWORD": "wrong"}}, "COSIGN_PASSWORD is not the passphrase of"),
        ({"registry": "127.0.0.1:9/own"}, "no registry answers at 127.0.0.1:9"),
    ],
)
def test_what_can_t_be_published_is_one_line_before_anything_is_built(publish, given, told):
    done = publish(**given)
    assert done.returncode == 2
    last = done.stderr.strip().splitlines()[-1]
    assert told in last
    assert "building" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_password_is_one_line(publish, registry, tmp_path):
    said = base64.b64encode(b"us:wrong").decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {registry.host: {"auth": said}}}))
    done = publish(variables={"DOCKER_CONFIG": str(tmp_path)})
    assert done.returncode == 2
    assert "does not take the login that is kept for it: log in again" in done.stderr.splitlines()[-1]


def test_the_engine_runs_what_the_registry_gives_by_its_digest(published, environment):
    """As it is pulled: by an engine that keeps it under another name, and runs it by the digest alone."""
    name = f"{published.name}@{published.digest}"
    pulled = subprocess.run(
        ["docker", "pull", "--quiet", name], env=environment, capture_output=True, text=True, check=False
    )
    assert pulled.returncode == 0, pulled.stderr
    try:
        with container.started(name, command=["-version"]) as running:
            assert running.wait() == 0
            assert "1.4.2" in running.logs()
    finally:
        subprocess.run(["docker", "rmi", name], capture_output=True, check=False)
