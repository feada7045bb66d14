"""A registry is read over HTTP: bytes are held to their digest, logins told to it alone, failures told in a line."""

import base64
import gzip
import hashlib
import json
import os
import ssl
import tracemalloc

import pytest
import trustme

from plimsoll import refusals
from plimsoll.errors import PlimsollError, UnreadableError
from plimsoll.registries import connection, logins, repository, trust
from plimsoll.registries.refused import MissingError, RefusedError
from plimsoll.registries.repository import Repository
from workshop.served import TOKEN, Fault, served

LOGIN = ("somebody", "a-password")


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch, tmp_path):
    """No login but those of a test's, no pause between two tries, and no connection of another test's."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setattr(connection, "PAUSES", (0.0, 0.0))
    for each in (*trust.BUNDLES, "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(each, raising=False)
    for each in (logins.kept, trust.context, repository._connection):
        each.cache_clear()


@pytest.fixture
def registry(serve_registry):
    return serve_registry()


@pytest.fixture
def keep(tmp_path):
    """Keeps a login for a registry, as `docker login` does."""

    def keep(host, name, password, **more):
        (tmp_path / "docker").mkdir(exist_ok=True)
        said = {"auth": base64.b64encode(f"{name}:{password}".encode()).decode(), **more}
        (tmp_path / "docker/config.json").write_text(json.dumps({"auths": {host: said}}))
        logins.kept.cache_clear()

    return keep


def there(registry):
    """An image there of one layer under the tag 1: its manifest's and its layer's descriptors."""
    config, layer = registry.blob(b"{}"), registry.blob(bytes(range(256)) * 4096)
    return registry.manifest({"schemaVersion": 2, "config": config, "layers": [layer]}, "1"), layer


def told(asked):
    """The logins that were told, in order."""
    return [each.headers.get("Authorization", "") for each in asked]


def test_a_manifest_is_read_by_its_tag_and_by_its_digest(registry):
    manifest, layer = there(registry)
    images = Repository(f"{registry.host}/team/app")
    by_tag, by_digest = images.manifest("1"), images.manifest(manifest["digest"])
    assert by_tag == by_digest
    assert (by_tag.digest, by_tag.media_type) == (manifest["digest"], manifest["mediaType"])
    assert f"sha256:{hashlib.sha256(by_tag.content).hexdigest()}" == by_tag.digest == images.digest("1")
    assert by_tag.value["layers"] == [layer]
    assert not by_tag.is_index
    assert {each.path for each in registry.asked} >= {"/v2/team/app/manifests/1"}


def test_what_is_not_there_is_told_apart_from_what_is_not_given(registry):
    there(registry)
    images = Repository(f"{registry.host}/app")
    with pytest.raises(MissingError, match=rf"{registry.host}/app:2 can't be read, {registry.host} does not have it: "):
        images.digest("2")
    registry.faults.append(Fault("/manifests/", 403))
    with pytest.raises(RefusedError, match="does not allow it, 403 Forbidden FAULT: log in as somebody") as refused:
        images.manifest("1")
    assert not isinstance(refused.value, MissingError)
    assert refused.value.kind is refusals.Kind.FINAL
    assert "\x1b" not in str(refused.value)


def test_a_blob_comes_as_it_is_stored(registry):
    packed = gzip.compress(b"content" * 1000)
    layer = registry.blob(packed)
    images = Repository(f"{registry.host}/app")
    assert b"".join(images.blob(layer["digest"], layer["size"])) == packed
    with pytest.raises(UnreadableError, match="is longer than its manifest says"):
        images.document(layer["digest"], layer["size"] - 1)


def test_a_large_blob_takes_little_memory(registry):
    content = b"\0" * (48 << 20)
    layer = registry.blob(content)
    tracemalloc.start()
    length = sum(map(len, Repository(f"{registry.host}/app").blob(layer["digest"])))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length == len(content)
    assert most < 4 << 20


@pytest.mark.parametrize("what", ["manifest", "blob"])
def test_other_content_than_that_of_the_digest_is_refused(registry, what):
    manifest, layer = there(registry)
    descriptor = manifest if what == "manifest" else layer
    content, media_type = registry._held[descriptor["digest"]]
    registry._held[descriptor["digest"]] = content[:-1] + b" ", media_type
    images = Repository(f"{registry.host}/app")
    with pytest.raises(UnreadableError, match=f"@{descriptor['digest']} is not that of its digest: believe nothing"):
        images.manifest(descriptor["digest"]) if what == "manifest" else list(images.blob(descriptor["digest"]))


def test_a_manifest_without_end_is_not_read_to_its_end(registry):
    registry.manifest(b" " * (repository.LARGEST_MANIFEST + 1), "1")
    with pytest.raises(UnreadableError, match="is longer than any manifest"):
        Repository(f"{registry.host}/app").manifest("1")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_asked_again(registry, status):
    manifest, _ = there(registry)
    registry.faults.append(Fault("/manifests/", status, times=2))
    assert Repository(f"{registry.host}/app").digest("1") == manifest["digest"]
    registry.faults.append(Fault("/manifests/", status))
    with pytest.raises(RefusedError, match=f"{status} .*, asked 3 times: ") as refused:
        Repository(f"{registry.host}/app").digest("1")
    assert refused.value.kind is refusals.Kind.PASSING


def test_a_registry_is_left_alone_for_as_long_as_it_wishes_within_bounds(registry, monkeypatch):
    there(registry)
    slept = []
    monkeypatch.setattr(connection.time, "sleep", slept.append)
    for wish in ("3", "86400", "Thu, 26 Nov 2026 09:00:00 GMT"):
        registry.faults.append(Fault("/manifests/", 429, {"Retry-After": wish}, times=1))
        Repository(f"{registry.host}/app").digest("1")
    assert slept == [3.0, connection.LONGEST_PAUSE, 0.0]


@pytest.mark.parametrize("ranges", [True, False])
def test_what_breaks_off_is_taken_up_again(registry, ranges):
    registry.ranges = ranges
    _, layer = there(registry)
    registry.faults += [Fault("/blobs/", after=700_000, times=1), Fault("/blobs/", after=701_000, times=1)]
    registry.faults[1].after -= 700_000 if ranges else 0
    images = Repository(f"{registry.host}/app")
    assert b"".join(images.blob(layer["digest"])) == registry._held[layer["digest"]][0]
    begun = [each.headers.get("Range") for each in registry.asked if "/blobs/" in each.path]
    assert begun == [None, "bytes=700000-", "bytes=701000-"]


def test_a_blob_that_always_breaks_off_is_told(registry):
    manifest, layer = there(registry)
    registry.faults += [Fault("/blobs/", after=1000), Fault("/manifests/", after=10)]
    images = Repository(f"{registry.host}/app")
    with pytest.raises(RefusedError, match=f"{registry.host} breaks off, it ends early.*: try again later"):
        list(images.blob(layer["digest"]))
    with pytest.raises(RefusedError, match="breaks off, it ends early, asked 3 times: try again later"):
        images.manifest(manifest["digest"])


@pytest.mark.parametrize("tokens", [False, True], ids=["basic", "token"])
def test_a_login_is_told_where_it_is_wanted(registry, keep, tokens):
    manifest, _ = there(registry)
    registry.login, registry.tokens = LOGIN, tokens
    images = Repository(f"{registry.host}/app")
    with pytest.raises(RefusedError, match=f"{registry.host} wants a login for it, or does not have it: log in"):
        images.digest("1")
    keep(registry.host, "somebody", "another")
    with pytest.raises(RefusedError, match="does not take the login that is kept for it: log in again"):
        images.digest("1")
    keep(registry.host, *LOGIN)
    assert images.digest("1") == manifest["digest"]
    before = len(registry.asked)
    images.digest("1")
    assert told(registry.asked[before:]) == [f"Bearer {TOKEN}" if tokens else registry.basic], "it is known by then"


def test_a_token_is_given_to_who_has_no_login_where_the_image_is_everybodys(registry):
    manifest, _ = there(registry)
    registry.tokens = True
    assert Repository(f"{registry.host}/team/app").digest("1") == manifest["digest"]
    (asked,) = [each for each in registry.asked if each.path.startswith("/token")]
    assert asked.path == "/token?service=here&scope=repository%3Ateam%2Fapp%3Apull"


def test_a_token_that_is_no_longer_good_is_replaced(registry, monkeypatch):
    manifest, _ = there(registry)
    registry.tokens = True
    images = Repository(f"{registry.host}/app")
    images.digest("1")
    monkeypatch.setattr("workshop.served.TOKEN", "given-later")
    assert images.digest("1") == manifest["digest"]


def test_an_identity_is_exchanged_for_a_token(registry, keep):
    manifest, _ = there(registry)
    registry.login, registry.tokens = ("", "an-identity"), True
    keep(registry.host, "", "", identitytoken="an-identity")
    assert Repository(f"{registry.host}/app").digest("1") == manifest["digest"]
    assert any(each.method == "POST" and each.headers["grant_type"] == "refresh_token" for each in registry.asked)


def test_a_helper_is_asked_for_the_login(registry, tmp_path, monkeypatch):
    manifest, _ = there(registry)
    registry.login = LOGIN
    helper = tmp_path / "docker-credential-test"
    said = json.dumps({"ServerURL": registry.host, "Username": LOGIN[0], "Secret": LOGIN[1]})
    helper.write_text(f"#!/bin/sh\necho '{said}'\n")
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/config.json").write_text(json.dumps({"credHelpers": {registry.host: "test"}}))
    assert Repository(f"{registry.host}/app").digest("1") == manifest["digest"]
    helper.write_text("#!/bin/sh\necho 'the key ring is locked' >&2\nexit 1\n")
    logins.kept.cache_clear()
    repository._connection.cache_clear()
    with pytest.raises(PlimsollError, match=f"the login for {registry.host} can't be read, ") as error:
        Repository(f"{registry.host}/app").digest("1")
    assert "\n" not in str(error.value)


def test_a_file_of_logins_that_is_damaged_is_told(registry, tmp_path):
    registry.login = LOGIN
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/config.json").write_text(json.dumps({"auths": {registry.host: {"auth": "not base64"}}}))
    with pytest.raises(PlimsollError, match=f"the login for {registry.host} can't be read, "):
        Repository(f"{registry.host}/app").digest("1")


@pytest.mark.parametrize("tokens", [False, True], ids=["basic", "token"])
def test_where_blobs_are_kept_no_login_is_told(registry, serve_registry, keep, tokens):
    _, layer = there(registry)
    store = serve_registry("localhost")
    there(store)
    registry.login, registry.tokens, registry.elsewhere = LOGIN, tokens, f"http://{store.host}"
    keep(registry.host, *LOGIN)
    content = b"".join(Repository(f"{registry.host}/app").blob(layer["digest"]))
    assert content == store._held[layer["digest"]][0]
    assert told(store.asked) == [""]
    assert any(told(registry.asked))


def test_a_redirect_to_where_nothing_is_encrypted_is_not_followed(registry):
    _, layer = there(registry)
    registry.elsewhere = "http://blobs.example"
    with pytest.raises(UnreadableError, match="sends on to where nothing is encrypted, http://blobs.example: "):
        list(Repository(f"{registry.host}/app").blob(layer["digest"]))
    registry.elsewhere = f"http://{registry.host}"
    with pytest.raises(UnreadableError, match="sends on without end"):
        list(Repository(f"{registry.host}/app").blob(layer["digest"]))


def test_a_password_is_told_to_nobody_who_takes_it_unencrypted(registry, keep):
    there(registry)
    keep(registry.host, *LOGIN)
    realm = 'Bearer realm="http://auth.example/token",service="x"'
    registry.faults.append(Fault("/manifests/", 401, {"WWW-Authenticate": realm}))
    with pytest.raises(UnreadableError, match="wants logins told to where nothing is encrypted, http://auth.example"):
        Repository(f"{registry.host}/app").digest("1")


@pytest.fixture
def secured():
    """An authority that nobody knows, and what a server of this machine is secured by."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return authority, context


@pytest.mark.parametrize("by", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "certs.d"])
def test_a_certificate_is_accepted_once_its_authority_is_trusted(serve_registry, secured, tmp_path, monkeypatch, by):
    authority, context = secured
    registry = serve_registry("127.0.0.1", context)
    manifest, _ = there(registry)
    monkeypatch.setattr(trust, "FOLDERS", (str(tmp_path / "certs.d"),))
    with pytest.raises(RefusedError, match=f"nobody is trusted who signed the certificate of {registry.host}: name"):
        Repository(f"{registry.host}/app").digest("1")
    for each in (trust.context, repository._connection):
        each.cache_clear()
    if by == "certs.d":
        (tmp_path / "certs.d" / registry.host).mkdir(parents=True)
        authority.cert_pem.write_to_path(tmp_path / "certs.d" / registry.host / "ca.crt")
    else:
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv(by, str(tmp_path / "ca.pem"))
    assert Repository(f"{registry.host}/app").digest("1") == manifest["digest"]


def test_a_certificate_for_another_name_is_not_accepted(serve_registry, tmp_path, monkeypatch):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("registry.example").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    registry = serve_registry("127.0.0.1", context)
    with pytest.raises(RefusedError, match=f"the certificate of {registry.host} is not accepted, "):
        Repository(f"{registry.host}/app").digest("1")


def test_a_bundle_that_is_not_there_is_told(serve_registry, secured, monkeypatch):
    registry = serve_registry("127.0.0.1", secured[1])
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    with pytest.raises(PlimsollError, match=r"REQUESTS_CA_BUNDLE names /nowhere.pem, in which no certificate can be"):
        Repository(f"{registry.host}/app").digest("1")


def test_a_registry_that_is_down_is_told():
    with served() as registry:
        host = registry.host
    with pytest.raises(RefusedError, match=f"no registry answers at {host}, Connection refused: see that") as refused:
        Repository(f"{host}/app").digest("1")
    assert refused.value.kind is refusals.Kind.UNREACHED
    with pytest.raises(RefusedError, match=r"no registry answers at registry\.invalid, "):
        Repository("registry.invalid/app").digest("1")


@pytest.mark.parametrize(
    "name",
    ["app", "team/app", "registry.example", "registry.example/", "registry.example/Upper", "registry.example/a/../b"],
)
def test_what_names_no_image_of_a_registry_is_refused(name):
    with pytest.raises(PlimsollError, match="names no image of a registry: "):
        Repository(name)


@pytest.mark.parametrize("reference", ["", "../x", "sha256:abc", "a" * 129, "1?x=y"])
def test_what_is_neither_tag_nor_digest_is_not_asked_for(registry, reference):
    with pytest.raises(PlimsollError, match="is no image's name"):
        Repository(f"{registry.host}/app").manifest(reference)
    assert registry.asked == []


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ('Basic realm="x"', [("basic", "x", "")]),
        ('bearer realm="https://a/t",service="s, t"', [("bearer", "https://a/t", "s, t")]),
        ('Basic realm="x", Bearer realm="https://a/t",service=s', [("basic", "x", ""), ("bearer", "https://a/t", "s")]),
        ("Negotiate", []),
        ("", []),
    ],
)
def test_what_a_registry_wants_is_understood(header, said):
    assert [(each.scheme, each.realm, each.service) for each in logins.challenges(header)] == said
