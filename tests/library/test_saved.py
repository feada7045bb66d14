"""Images in archives and folders that anybody may have made: read alike, or refused in one line, and nothing beside."""

import gzip
import hashlib
import json
import os
import resource
import subprocess
import sys
import tarfile

import pytest
import zstandard

from plimsoll import caches
from plimsoll.errors import PlimsollError
from plimsoll.facts.image import image, platforms, saved, tar

INDEX = "application/vnd.oci.image.index.v1+json"
UP = "../" * 12
MACHINE = platforms.Platform("linux", "amd64", "")


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """A machine of which is known what it is."""
    monkeypatch.setattr(platforms, "own", lambda: MACHINE)
    saved._manifests.cache_clear()
    saved.read.cache_clear()


class Layout:
    """An OCI layout that is being made: blobs, each under its digest, and what names them."""

    def __init__(self):
        self.files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}
        self.listed = []

    def keep(self, content):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        name = hashlib.sha256(content).hexdigest()
        self.files[f"blobs/sha256/{name}"] = content
        return {"digest": f"sha256:{name}", "size": len(content)}

    def manifest(self, *layers, architecture="amd64", config=None, **more):
        document = {"os": "linux", "architecture": architecture, "config": config or {}, **more}
        return self.keep({"config": self.keep(document), "layers": [self.keep(layer) for layer in layers]})

    def add(self, descriptor, name="", **annotations):
        annotations |= {"org.opencontainers.image.ref.name": name} if name else {}
        self.listed.append({**descriptor, "annotations": annotations})
        return self

    def whole(self):
        return {**self.files, "index.json": json.dumps({"manifests": self.listed}).encode()}


def of_old(*layers, tags=("made:here",), **config):
    """The files of an archive as engines wrote it before OCI: names of layers that say nothing of their content."""
    unpacked = [hashlib.sha256(layer).hexdigest() for layer in layers]
    document = {"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": [f"sha256:{each}" for each in unpacked]}}
    content = json.dumps({**document, **config}).encode()
    name = f"{hashlib.sha256(content).hexdigest()}.json"
    paths = [f"{number}/layer.tar" for number, _ in enumerate(layers)]
    said = [{"Config": name, "RepoTags": list(tags), "Layers": paths}]
    return {**dict(zip(paths, layers, strict=True)), name: content, "manifest.json": json.dumps(said).encode()}


@pytest.fixture
def keep(made, tmp_path):
    """Write an archive of files; its path."""

    def write(files, name="image.tar", pack=bytes):
        (tmp_path / name).write_bytes(pack(files if isinstance(files, bytes) else made.tar(*files.items())))
        return tmp_path / name

    return write


def unpack(files, folder):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def read(path, platform=""):
    """The images that are meant, each with its facts."""
    return [saved.read(path, each.number) for each in saved.images(path, platform)]


def refusal(path, platform=""):
    with pytest.raises(PlimsollError) as refused:
        read(path, platform)
    assert "\n" not in str(refused.value)
    assert path.name in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("layer", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
def test_every_layout_tells_the_same(made, keep, tmp_path, pack, layer):
    lower, upper = made.tar(("bin/sh", b"#!/bin/true"), ("a", b"12345")), made.tar((".wh.a", b""), ("b", b"1"))
    layers, config = [layer(lower), layer(upper)], {"User": "5:5"}
    layout = Layout()
    files = layout.add(layout.manifest(*layers, config=config), "made:here").whole()
    paths = [
        keep(of_old(*layers, config=config), "old", pack),
        keep(files, "layout", pack),
        unpack(files, tmp_path / "folder"),
    ]
    assert all(map(saved.is_one, paths))
    found = [one for path in paths for one in read(path)]
    assert [(one.name, one.user, set(one.files), one.size) for one in found] == [
        ("made:here", "5:5", {"bin/sh", "b"}, 17)
    ] * 3


def test_what_docker_saves_now_has_the_name_that_it_was_saved_by(made, keep):
    """It writes both tables, and calls an image in full only in its own."""
    layout = Layout()
    layer = made.tar(("a", b"1"))
    files = layout.add(layout.manifest(layer), "here").whole()
    config = next(name for name, content in files.items() if b"architecture" in content)
    path = keep({**files, "manifest.json": json.dumps([{"Config": config, "RepoTags": ["made:here"]}]).encode()})
    assert [one.name for one in read(path)] == ["made:here"]


def test_an_image_without_a_name_is_called_by_its_digest(made, keep):
    layout = Layout()
    (found,) = read(keep(layout.add(layout.manifest(made.tar(("a", b"1")))).whole()))
    assert found.name == found.id
    assert found.id.startswith("sha256:")


def test_several_images_of_one_archive_are_told_apart(made, keep):
    layout = Layout()
    layout.add(layout.manifest(made.tar(("a", b"1"))), "made:one").add(
        layout.manifest(made.tar(("b", b"1"))), "made:two"
    )
    assert {one.name: set(one.files) for one in read(keep(layout.whole()))} == {"made:one": {"a"}, "made:two": {"b"}}


def several(made, *architectures):
    """A layout with an image for several platforms, and what a builder attests of one."""
    layout = Layout()
    images = [layout.manifest(made.tar((name, b"1")), architecture=name) for name in architectures]
    attested = layout.keep({"config": layout.keep({"architecture": "unknown", "os": "unknown"}), "layers": []})
    attested["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
    return layout.add(layout.keep({"mediaType": INDEX, "manifests": [*images, attested]}), "made:here")


@pytest.mark.parametrize(
    ("there", "asked", "chosen"),
    [
        (["arm64", "amd64"], "linux/arm64", "arm64"),
        (["arm64", "amd64"], "linux/arm64/v8", "arm64"),
        (["arm64", "amd64"], "aarch64", "arm64"),
        (["arm64", "amd64"], "", "amd64"),
        (["arm64"], "", "arm64"),
    ],
)
def test_of_several_platforms_the_one_that_is_meant_is_read(made, keep, there, asked, chosen):
    (found,) = read(keep(several(made, *there).whole()), asked)
    assert (found.architecture, set(found.files)) == (chosen, {chosen})


def test_a_platform_that_is_not_there_is_told_with_those_that_are(made, keep):
    path = keep(several(made, "arm64", "s390x").whole())
    assert "holds no image for linux/riscv64: it holds linux/arm64, linux/s390x" in refusal(path, "linux/riscv64")
    assert "none for this machine: choose one by --platform" in refusal(path)
    with pytest.raises(PlimsollError, match="`linux/` is no platform"):
        saved.images(path, "linux/")


def test_of_an_index_what_was_not_saved_is_not_missed(made, keep):
    """`docker save` of one platform leaves the index as it is."""
    layout = several(made, "amd64", "arm64")
    files = layout.whole()
    gone = next(name for name, content in files.items() if b"arm64" in content and b'"config"' in content)
    (found,) = read(keep({name: content for name, content in files.items() if name != gone}))
    assert found.architecture == "amd64"


@pytest.mark.parametrize("share", [0, 0.02, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
def test_an_archive_that_is_cut_off_is_refused(made, keep, chance, pack, share):
    layout = Layout()
    layers = [made.tar((str(number), chance.randbytes(9000))) for number in range(3)]
    whole = pack(made.tar(*layout.add(layout.manifest(*layers)).whole().items()))
    path = keep(whole[: int(len(whole) * share)])
    assert saved.is_one(path)
    told = refusal(path)
    assert "is damaged" in told or "holds no image" in told or "is empty" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"FROM scratch\n", "is damaged"),
        (b"\0" * 10240, "index.json or manifest.json is missing"),
        (gzip.compress(b"a text"), "is damaged"),
    ],
    ids=["empty", "text", "zeros", "a packed text"],
)
def test_what_is_no_archive_is_refused(keep, content, told):
    assert told in refusal(keep(content))


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"README.md": b"hello"}, "index.json or manifest.json is missing"),
        ({"index.json": b"{}"}, "its index names none"),
        ({"index.json": b"[1]"}, "holds no image"),
        ({"index.json": b"no JSON"}, "holds no image"),
        ({"index.json": b"[" * 100_000}, "holds no image"),
        ({"index.json": b'{"manifests": [{"digest": "sha256:../../etc/passwd"}]}'}, "is no digest"),
        ({"index.json": json.dumps({"manifests": [{"digest": f"sha256:{'0' * 64}"}]}).encode()}, "is missing"),
        ({"manifest.json": b"[]"}, "holds no image"),
        ({"manifest.json": b'[{"Config": "/etc/passwd"}]'}, "/etc/passwd is missing"),
        ({"manifest.json": b'[{"Config": "c", "Layers": ["/etc/passwd"]}]', "c": b"{}"}, "/etc/passwd is missing"),
        ({"manifest.json": json.dumps([{"Config": "c", "Layers": ["a"] * 5000}]).encode(), "c": b"{}"}, "5000 layers"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value,
)
def test_what_is_no_image_is_refused(keep, files, told):
    assert told in refusal(keep(files))


@pytest.mark.parametrize(
    "member",
    [
        (f"{UP}tmp/out", b"1"),
        ("a/../../out", b"1"),
        ("/etc/out", b"1"),
        ("layer.tar", "symlink", f"{UP}etc/passwd"),
        ("layer.tar", "symlink", "/etc/passwd"),
        ("layer.tar", "hardlink", f"{UP}etc/passwd"),
        ("layer.tar", "hardlink", "/etc/passwd"),
    ],
    ids=str,
)
def test_an_archive_that_leads_out_is_refused(made, keep, member):
    files = of_old(made.tar(("a", b"1")))
    assert "which leads out of it" in refusal(keep(made.tar(*files.items(), member)))


def test_links_within_an_archive_are_followed(made, keep):
    layer = made.tar(("a", b"1"))
    files = of_old(layer, layer, layer)
    linked = {name: content for name, content in files.items() if name not in {"1/layer.tar", "2/layer.tar"}}
    links = [("1/layer.tar", "symlink", "../0/layer.tar"), ("2/layer.tar", "hardlink", "0/layer.tar")]
    (found,) = read(keep(made.tar(*linked.items(), *links)))
    assert len(found.layers) == 3


def test_a_folder_that_leads_out_is_refused(made, tmp_path):
    layout = Layout()
    outside = tmp_path / "outside"
    outside.write_bytes(layer := made.tar(("a", b"1")))
    folder = unpack(layout.add(layout.manifest(layer)).whole(), tmp_path / "folder")
    inside = folder / "blobs/sha256" / hashlib.sha256(layer).hexdigest()
    inside.unlink()
    inside.symlink_to(outside)
    assert "which leads out of it" in refusal(folder)


def test_a_pipe_in_a_folder_is_not_waited_for(made, tmp_path):
    layout = Layout()
    layer = made.tar(("a", b"1"))
    folder = unpack(layout.add(layout.manifest(layer)).whole(), tmp_path / "folder")
    inside = folder / "blobs/sha256" / hashlib.sha256(layer).hexdigest()
    inside.unlink()
    os.mkfifo(inside)
    assert "is missing" in refusal(folder)


def test_nothing_is_written_but_what_was_found_out(made, keep, tmp_path):
    layout = Layout()
    climbing = made.tar(
        (f"{UP}{tmp_path}/written", b"1"), (f"{tmp_path}/written", b"1"), ("x", "symlink", str(tmp_path))
    )
    path = keep(layout.add(layout.manifest(climbing)).whole())
    before = set(tmp_path.rglob("*"))
    assert read(path)
    written = set(tmp_path.rglob("*")) - before
    assert {each for each in written if each.is_file()} == set((tmp_path / "cache" / image.LAYERS).iterdir())


@pytest.mark.parametrize("what", ["layer", "config", "manifest"])
@pytest.mark.parametrize("form", ["archive", "folder"])
def test_a_blob_that_is_not_that_of_its_digest_is_refused(made, keep, tmp_path, what, form):
    layout = Layout()
    layer, other = made.tar(("a", b"1")), made.tar(("a", b"2"))
    files = layout.add(layout.manifest(layer)).whole()
    marks = {"layer": layer, "config": b'"architecture": "amd64"', "manifest": b'"layers"'}
    name = next(name for name, content in files.items() if marks[what] in content)
    files[name] = other if what == "layer" else files[name].replace(b"{", b"{ ", 1)
    path = keep(files) if form == "archive" else unpack(files, tmp_path / "folder")
    told = refusal(path)
    assert "is not that of its digest" in told


def test_a_layer_that_is_not_the_one_of_its_configuration_is_refused(made, keep):
    """In the old layout, only the configuration says what a layer is."""
    files = of_old(made.tar(("a", b"1")))
    assert "is not that of its digest" in refusal(keep({**files, "0/layer.tar": made.tar(("a", b"2"))}))


def test_what_lies_about_its_digest_is_never_taken_for_the_other(made, keep):
    """What is found out about a layer is kept under its digest, and whoever has the real one must not get another's."""
    layer, other = made.tar(("a", b"1")), made.tar(("b", b"1"))
    layout = Layout()
    files = layout.add(layout.manifest(layer)).whole()
    name = f"blobs/sha256/{hashlib.sha256(layer).hexdigest()}"
    refusal(keep({**files, name: other}, "first.tar"))
    (found,) = read(keep(files, "second.tar"))
    assert set(found.files) == {"a"}
    assert (caches.folder(image.LAYERS) / f"{name.replace('/', '-')}.json.gz").exists()
    refusal(keep({**files, name: other}, "third.tar"))


def test_a_known_layer_is_not_read_again(made, keep, monkeypatch):
    layout = Layout()
    files = layout.add(layout.manifest(made.tar(("a", b"1")))).whole()
    (first,) = read(keep(files, "first.tar"))
    monkeypatch.setattr(image.layer, "read", None)
    (second,) = read(keep(files, "second.tar"))
    assert first.layers == second.layers


def bomb():
    """A megabyte that unpacks to an archive of a thousand with one file in it."""
    header = tarfile.TarInfo("large")
    header.size = 101 * 10**7
    return gzip.compress(header.tobuf()) + gzip.compress(b"\0" * 10**7) * 101


@pytest.mark.parametrize("where", ["layer", "archive"])
def test_a_bomb_is_refused_before_it_takes_all_memory(keep, where):
    layout = Layout()
    path = keep(layout.add(layout.manifest(bomb())).whole() if where == "layer" else bomb())
    script = "import sys; from pathlib import Path; from plimsoll.facts.image import saved\n"
    script += "path = Path(sys.argv[1])\nsaved.read(path, saved.images(path)[0].number)"
    done = subprocess.run(
        [sys.executable, "-c", script, path],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, caches.ENVIRONMENT: str(path.parent / "cache")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
    )
    told = done.stderr.splitlines()[-1]
    assert "unpacks to more than 1.00 GB" in told
    assert "docker load" in told


def test_all_layers_share_one_bound(made, keep, monkeypatch):
    monkeypatch.setattr(tar, "LEAST_BOUND", 10**6)
    monkeypatch.setattr(tar, "MOST_TIMES", 1)
    layout = Layout()
    layers = [gzip.compress(made.tar((str(number), b"0" * 400_000))) for number in range(3)]
    assert "unpacks to more than 1.00 MB" in refusal(keep(layout.add(layout.manifest(*layers)).whole()))
    layout = Layout()
    assert read(keep(layout.add(layout.manifest(*layers[:2])).whole(), "smaller.tar"))


def test_what_is_no_archive_is_not_taken_for_one(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert not any(map(saved.is_one, [*tmp_path.iterdir(), tmp_path / "gone"]))


@pytest.mark.parametrize(
    ("machine", "platform"),
    [("x86_64", "linux/amd64"), ("aarch64", "linux/arm64"), ("arm64", "linux/arm64"), ("armv7l", "linux/arm/v7")],
)
def test_a_machine_starts_what_is_for_its_processor(monkeypatch, machine, platform):
    monkeypatch.undo()
    monkeypatch.setattr(platforms.platform, "machine", lambda: machine)
    assert str(platforms.own()) == platform
    assert platforms.own() == platforms.parse(platform)
