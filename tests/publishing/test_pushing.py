"""A registry that does not take an image, or not at once: one line says why, and what has arrived is not sent again."""

import base64
import hashlib
import http.server
import io
import json
import re
import tarfile
import threading
import time
from types import SimpleNamespace

import pytest

from plimsoll.facts.build import oci
from plimsoll.registries.refused import RefusedError
from plimsoll.registries.repository import IMAGES, INDEXES
from workshop.publishing import naming
from workshop.publishing.plan import Image, Plan
from workshop.publishing.pushing import NotPushedError, Target
from workshop.publishing.source import Source
from workshop.publishing.tags import LABEL, Kind, Tag

REVISION = "1" * 40
RIGHT = "right"


def digest_of(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registry(http.server.BaseHTTPRequestHandler):
    """A registry that keeps all in memory, and does what it is told to do wrong."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, content=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do(self):
        state = self.server.state
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        state.asked.append(f"{self.command} {self.path}")
        given = self.headers.get("Authorization", "")
        if state.password and given != f"Basic {base64.b64encode(f'us:{state.password}'.encode()).decode()}":
            self.answer(401, WWW_Authenticate='Basic realm="here"')
            return
        if state.fault and (answer := state.fault(self.command, self.path)):
            if answer == "breaks off":
                self.close_connection = True
                return
            self.answer(*answer)
            return
        kind, _, name = self.path.rpartition("/")
        if self.path.endswith("/v2/"):
            self.answer(200)
        elif self.command == "POST":
            self.answer(202, Location=f"{self.path}1?state=x")
        elif "/uploads/" in self.path:
            if self.command == "PUT":
                state.blobs[self.path.rpartition("digest=")[2]] = sent
            self.answer(201)
        elif self.command == "PUT":
            state.manifests[name] = state.manifests[digest_of(sent)] = sent, self.headers["Content-Type"]
            self.answer(201)
        elif kind.endswith("/blobs"):
            content = state.blobs.get(name)
            self.answer(404) if content is None else self.answer(200, content)
        elif name in state.manifests:
            content, media_type = state.manifests[name]
            self.answer(200, content, Content_Type=media_type, Docker_Content_Digest=digest_of(content))
        else:
            self.answer(404)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do  # noqa: N815 - as the library calls them


@pytest.fixture
def registry(monkeypatch, tmp_path):
    """It, with what it keeps; nobody is logged in."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    # A module of its own for each of those who wait: nobody else is hurried.
    monkeypatch.setattr("workshop.publishing.pushing.time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr(
        "plimsoll.registries.connection.time", SimpleNamespace(sleep=lambda _: None, monotonic=time.monotonic)
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    server.state = SimpleNamespace(blobs={}, manifests={}, asked=[], fault=None, password="")
    server.state.host = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    yield server.state
    server.shutdown()
    server.server_close()


def made(folder, layer=b"a layer", **annotations):
    """An archive as a build writes it: an image of one layer under an index."""
    config = b'{"architecture": "amd64", "os": "linux", "config": {}}'

    def described(content, media_type, **more):
        return {"mediaType": media_type, "digest": digest_of(content), "size": len(content), **more}

    manifest = json.dumps(
        {
            "mediaType": IMAGES[0],
            "config": described(config, "application/vnd.oci.image.config.v1+json"),
            "layers": [described(layer, "application/vnd.oci.image.layer.v1.tar+gzip")],
        }
    ).encode()
    platform = {"os": "linux", "architecture": "amd64"}
    index = json.dumps(
        {
            "mediaType": INDEXES[0],
            "manifests": [described(manifest, IMAGES[0], platform=platform)],
            "annotations": {f"{LABEL}{name}": value for name, value in annotations.items()},
        }
    ).encode()
    file = folder / f"{digest_of(index)[7:19]}.tar"
    with tarfile.open(file, "w") as archive:
        blobs = {f"blobs/sha256/{digest_of(each)[7:]}": each for each in (index, manifest, config, layer)}
        top = json.dumps({"manifests": [described(index, INDEXES[0])]}).encode()
        for path, content in {**blobs, "index.json": top}.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return oci.Archive(file)


@pytest.fixture
def target(registry):
    return Target(f"{registry.host}/own/it")


def log_in(folder, host, password):
    (folder / "config.json").write_text(
        json.dumps({"auths": {host: {"auth": base64.b64encode(f"us:{password}".encode()).decode()}}})
    )


def test_it_is_pushed_by_its_digest_under_no_tag_and_not_sent_twice(registry, target, tmp_path):
    archive = made(tmp_path)
    assert target.push(archive) == 2
    assert registry.manifests[archive.root][0] == archive.content(archive.root)
    assert all(name.startswith("sha256:") for name in registry.manifests)
    assert target.push(archive) == 0


def failing(pattern, answer, times=99):
    left = [times]

    def fault(method, path):
        if left[0] and re.search(pattern, f"{method} {path}"):
            left[0] -= 1
            return answer
        return None

    return fault


def test_what_breaks_off_is_sent_again(registry, target, tmp_path):
    registry.fault = failing("PUT .*uploads", "breaks off", times=2)
    assert target.push(made(tmp_path)) == 2


def test_what_breaks_off_for_good_is_continued_by_the_next_run(registry, target, tmp_path):
    archive = made(tmp_path)
    registry.fault = failing("PUT .*manifests", "breaks off")
    with pytest.raises(
        NotPushedError, match=r"is not pushed, .* breaks off.*: .*; then run this again: what has arrived"
    ):
        target.push(archive)
    assert registry.manifests == {}
    registry.fault = None
    assert target.push(archive) == 0
    assert archive.root in registry.manifests


NO_ROOM = "has no room for it: have its owner make some; then run this again"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (("PUT .*uploads", (507,)), NO_ROOM),
        (("PUT .*uploads", (413,)), NO_ROOM),
        (("PUT .*uploads", (500, b'{"errors":[{"detail":{"Enclosed":{"Op":"write","Err":28}}}]}')), NO_ROOM),
        (("PUT .*manifests", (500, b"write: no space left on device")), NO_ROOM),
        (("POST", (403,)), "wants a login for that: log in to it (`docker login 127.0.0.1:"),
        (("POST", (404,)), "takes no images there: see that it is a registry, and that path is there"),
        (("POST", (503,)), "is broken, 503 Service Unavailable: try again later; then run this again"),
    ],
)
def test_what_it_does_not_take_is_one_line_with_a_remedy(registry, target, tmp_path, fault, told):
    registry.fault = failing(*fault)
    with pytest.raises(NotPushedError) as refused:
        target.push(made(tmp_path))
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert registry.manifests == {}


def test_a_login_that_may_only_read_is_told_before_anything_is_sent(registry, target, tmp_path):
    registry.password = RIGHT
    log_in(tmp_path, registry.host, RIGHT)
    registry.fault = failing("POST|PUT", (403,))
    with pytest.raises(
        NotPushedError, match=r"the login that is kept for \S+ may not push there: log in as somebody who"
    ):
        target.require_writable()
    assert registry.blobs == registry.manifests == {}


def test_a_wrong_password_is_told(registry, target, tmp_path):
    registry.password = RIGHT
    log_in(tmp_path, registry.host, "wrong")
    with pytest.raises(RefusedError, match=r"does not take the login that is kept for it: log in again"):
        target.manifest("1.4.2")


def test_other_bytes_than_were_sent_are_found(registry, target, tmp_path):
    archive = made(tmp_path)

    def spoils(method, path):
        if method == "GET" and "/manifests/" in path:
            content, media_type = registry.manifests[path.rpartition("/")[2]]
            registry.manifests[path.rpartition("/")[2]] = content + b" ", media_type

    registry.fault = spoils
    with pytest.raises(Exception, match="is not that of its digest: believe nothing of it"):
        target.push(archive)


def plan_of(*tags):
    return Plan("here/own", Source(REVISION, 1_700_000_000, "main", "1.4.2"), (), tags)


VERSION, LINE = Tag("1.4.2", Kind.VERSION), Tag("1.4", Kind.LINE)


def test_tags_are_given_and_moved_by_the_same_bytes(registry, target, tmp_path):
    old, new = made(tmp_path, b"old", version="1.4.1"), made(tmp_path, b"new", version="1.4.2")
    for archive in (old, new):
        target.push(archive)
    target.put("1.4", old.content(old.root), INDEXES[0])
    told = naming.name(plan_of(VERSION, LINE), target, target.manifest(new.root))
    assert told == ["1.4.2", f"1.4 moved from {old.root}"]
    assert {registry.manifests[tag][0] for tag in ("1.4.2", "1.4")} == {new.content(new.root)}
    assert naming.name(plan_of(VERSION), target, target.manifest(new.root)) == ["1.4.2 is there"]


def test_a_version_of_another_commit_is_refused_before_anything_is_pushed(registry, target, tmp_path):
    other = made(tmp_path, b"other", revision="2" * 40)
    target.push(other)
    target.put("1.4.2", other.content(other.root), INDEXES[0])
    pushed = dict(registry.manifests)
    image = Image(None, target.name, ("linux/amd64",), "", ())
    with pytest.raises(
        Exception, match=r"1.4.2 is another image, sha256:\w+, built from commit 2222222: nothing is pushed"
    ):
        naming.require_free(plan_of(VERSION), image, target)
    assert registry.manifests == pushed


def test_a_version_of_the_same_commit_with_other_files_is_refused_and_with_the_same_is_taken_as_it_is(target, tmp_path):
    first = made(tmp_path, b"same", revision=REVISION, about="first")
    target.push(first)
    target.put("1.4.2", first.content(first.root), INDEXES[0])
    image = Image(None, target.name, ("linux/amd64",), "", ())
    again = made(tmp_path, b"same", revision=REVISION, about="again")
    assert again.root != first.root
    naming.require_free(plan_of(VERSION), image, target)
    assert naming.published(plan_of(VERSION), image, target, again).digest == first.root
    assert naming.published(plan_of(VERSION), image, target, first) is None
    with pytest.raises(Exception, match="1.4.2 is another image"):
        naming.published(plan_of(VERSION), image, target, made(tmp_path, b"others", revision=REVISION))


def test_a_registry_that_is_down_is_told():
    with pytest.raises(RefusedError, match=r"no registry answers at 127.0.0.1:9, Connection refused"):
        Target("127.0.0.1:9/own/it").manifest("1.4.2")
