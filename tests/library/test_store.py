"""The engine's own content store gives what `docker save` gives, or says that it can't."""

import hashlib
import json

import pytest

from plimsoll import engine
from plimsoll.facts.image import archive, store, tar
from plimsoll.facts.run.helper import IMAGE as HELPER
from workshop import apps

pytestmark = pytest.mark.engine

CONFIG = {"architecture": "amd64", "config": {}}


@pytest.fixture
def keep(tmp_path, monkeypatch):
    """Put content or a document into a store that is the engine's for this test; its digest."""
    folder = tmp_path / "containerd/daemon" / store.CONTENT / "sha256"
    folder.mkdir(parents=True)
    monkeypatch.setattr(engine, "info", lambda: {"DockerRootDir": str(tmp_path)})

    def put(content):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        name = hashlib.sha256(content).hexdigest()
        (folder / name).write_bytes(content)
        return f"sha256:{name}"

    return put


def manifest(keep, config=CONFIG, layers=(b"\x1f\x8blayer",)):
    blobs = [{"digest": keep(content)} for content in layers]
    return keep({"config": {"digest": keep(config)}, "layers": blobs})


def platform(digest, architecture="amd64", os="linux"):
    return {"digest": digest, "platform": {"architecture": architecture, "os": os}}


def stored(name):
    """The parts of an image in the engine's own store."""
    parts = store.parts(str(engine.client().images.get(name).id))
    if parts is None:
        pytest.skip(
            "the engine's content store can't be read from here: another machine's, another user's, or an older one"
        )
    return parts


def test_the_store_and_the_archive_of_an_image_hold_the_same():
    saved = archive.parts(engine.client().images.get(HELPER).save())
    documents, layers = zip(*(archive.read(parts, HELPER, _content) for parts in (stored(HELPER), saved)), strict=True)
    assert documents[0] == documents[1]
    assert layers[0] == layers[1]


def _content(part):
    return part.size, hashlib.sha256(b"".join(part.chunks())).hexdigest()


@pytest.mark.parametrize("name", [variant.image for variant in apps.variants() if variant.name == "prod"])
def test_the_layers_of_what_is_shipped_are_packed(name):
    """Experiments build layers that are not, and a later build may find them in the cache."""
    layers = [part for part in stored(name) if part.is_layer]
    assert layers
    assert all(tar.is_packed(part.begin) for part in layers)


def test_the_image_of_an_index_is_the_one_that_is_here(keep):
    gone = "sha256:" + "0" * 64
    wanted = manifest(keep)
    described = platform(keep({"config": {"digest": gone}, "layers": []}), "unknown", "unknown")
    index = keep({"manifests": [platform(gone, "arm64"), platform(wanted), described]})
    document, layers = archive.read(store.parts(index), "made:here", lambda part: b"".join(part.chunks()))
    assert document == CONFIG
    assert [content for _, content in layers] == [b"\x1f\x8blayer"]


def test_what_the_store_can_not_tell_is_left_to_the_engine(keep):
    both = keep({"manifests": [platform(manifest(keep)), platform(manifest(keep, {"architecture": "arm64"}), "arm64")]})
    assert store.parts(both) is None
    assert store.parts(keep(CONFIG)) is None
    assert store.parts(keep(b"no document")) is None
    assert store.parts(keep({"config": {"digest": "sha256:../../etc/passwd"}, "layers": []})) is None
    assert store.parts(keep({"config": {"digest": keep(CONFIG)}, "layers": [{"digest": "sha256:" + "1" * 64}]})) is None
    assert store.parts("sha256:" + "2" * 64) is None
