"""Facts read from archives made here, so that every number is known beforehand."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from plimsoll import image
from plimsoll.errors import PlimsollError


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(image, "LAYERS", tmp_path)


def tar(entries):
    """An archive of (path, content) pairs; a content that is a TarInfo type makes that kind of entry."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path, content, *link in entries:
            member = tarfile.TarInfo(path)
            if isinstance(content, bytes) and len(content) != 1:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
            else:
                member.type = content
                member.linkname = "".join(link)
                archive.addfile(member)
    return stream.getvalue()


def archive(*layers, config=None):
    document = {"architecture": "amd64", "config": config or {}}
    names = [f"blobs/sha256/{number}{hash(content):x}" for number, content in enumerate(layers)]
    manifest = [{"Config": "config.json", "Layers": names}]
    files = [("manifest.json", json.dumps(manifest).encode()), ("config.json", json.dumps(document).encode())]
    return io.BytesIO(tar([*files, *zip(names, layers, strict=True)]))


def facts(*layers, config=None):
    return image.from_archive(archive(*layers, config=config), "made:here")


def test_size_counts_every_copy_in_every_layer():
    read = facts(tar([("a", b"12345")]), tar([("a", b"123"), ("b", b"12")]))
    assert read.size == 10
    assert [layer.size for layer in read.layers] == [5, 5]


def test_compressed_is_what_a_registry_transfers_however_the_engine_stores_it():
    content = tar([("a", b"0" * 100_000)])
    packed = gzip.compress(content, 6)
    assert facts(packed).compressed == len(packed)
    assert abs(facts(content).compressed - len(packed)) < 100


def test_a_deleted_file_is_seen_no_more_but_still_weighs():
    read = facts(tar([("secret", b"12345"), ("dir/x", b"12")]), tar([(".wh.secret", b""), ("dir/.wh..wh..opq", b"")]))
    assert read.files.keys() == set()
    assert read.size == 7


def test_links_are_followed_inside_the_image():
    read = facts(
        tar([
            ("usr/bin/busybox", b"program"),
            ("bin", tarfile.SYMTYPE, "usr/bin"),
            ("usr/bin/sh", tarfile.SYMTYPE, "/bin/busybox"),
            ("out", tarfile.SYMTYPE, "../../../../usr/bin/sh"),
            ("loop", tarfile.SYMTYPE, "loop"),
            ("gone", tarfile.SYMTYPE, "/nowhere"),
        ])
    )  # fmt: skip
    assert read.find("/bin/sh").path == "usr/bin/busybox"
    assert read.find("out").path == "usr/bin/busybox"
    assert read.find("loop") is None
    assert read.find("gone") is None


def test_paths_that_climb_stay_inside_the_image():
    read = facts(tar([("../../etc/passwd", b"root"), ("./a/../b", b"12")]))
    assert set(read.files) == {"etc/passwd", "b"}
    assert read.text("etc/passwd") == "root"


def test_an_image_with_no_files_is_read():
    read = facts(tar([]))
    assert (read.size, read.files) == (0, {})


def test_what_is_kept_of_a_layer_is_what_was_read():
    layers = (tar([("etc/passwd", b"root:x"), ("d", tarfile.DIRTYPE), ("bin/true", Path("/bin/true").read_bytes())]),)
    first, again = facts(*layers), facts(*layers)
    assert first.layers == again.layers
    assert again.layers[0].elves["bin/true"].needed


def test_what_is_no_image_is_refused():
    with pytest.raises(PlimsollError, match="holds no image"):
        image.from_archive(io.BytesIO(tar([("a", b"12")])), "made:here")


def test_reads_what_the_image_says_of_itself():
    config = {"User": "5:5", "ExposedPorts": {"80/tcp": {}, "53/udp": {}}, "Cmd": ["x"], "Env": ["A=1=2"]}
    read = facts(tar([]), config=config)
    assert (read.user, read.ports, read.entrypoint, read.environment) == ("5:5", [80], ["x"], {"A": "1=2"})
