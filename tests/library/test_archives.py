"""Archives of every make, and damaged ones: each is read, or refused in one clear line."""

import gzip
import string
import subprocess
import tarfile
import threading
import time
from pathlib import Path

import pytest
import zstandard

from plimsoll.errors import PlimsollError
from plimsoll.facts.image import image, layer, tar
from plimsoll.paths import show

PROGRAM = Path("/bin/true").read_bytes()
LONG = "/".join(["a-rather-long-name-of-a-directory"] * 9) + "/" + "x" * 150


def read(content, **how):
    return layer.read("made", iter([content]), len(content), **how)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_are_read(made, form):
    names = [LONG, b"invalid-\xff\xfe".decode(errors="surrogateescape"), "new\nline", "tab\tü"]
    content = made.tar(*((name, b"1") for name in names), ("link", "symlink", LONG), form=form)
    entries = read(content).entries
    assert [entry.path for entry in entries] == [*names, "link"]
    assert entries[-1].link == LONG


def test_odd_names_are_shown_so_that_they_can_be_printed():
    assert show("new\nline") == "/new\\nline"
    assert show(b"invalid-\xff".decode(errors="surrogateescape")).encode() == b"/invalid-\\udcff"


def test_every_kind_of_entry_is_told(made):
    kinds = ["directory", "symlink", "hardlink", "fifo", "device"]
    content = made.tar(("file", b"1"), *((kind, kind, "file") for kind in kinds))
    assert [entry.kind for entry in read(content).entries] == ["file", *kinds]


@pytest.mark.parametrize("form", ["gnu", "posix"])
def test_the_holes_of_a_sparse_file_weigh_nothing(tmp_path, form):
    with (tmp_path / "sparse").open("wb") as file:
        file.write(b"1" * 4096)
        file.truncate(10**12)
        file.seek(5 * 10**11)
        file.write(b"2" * 4096)
    (tmp_path / "after").write_bytes(b"12345")
    content = subprocess.run(
        ["tar", "--sparse", f"--format={form}", "--create", "sparse", "after"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stdout
    sparse, after = read(content).entries
    assert sparse.size < 20_000
    assert (after.path, after.size) == ("after", 5)


@pytest.mark.parametrize(
    "pack",
    [
        gzip.compress,
        zstandard.compress,
        lambda content: gzip.compress(content[:700]) + gzip.compress(content[700:]) + b"\0" * 100,
        lambda content: zstandard.compress(content[:700]) + zstandard.compress(content[700:]),
    ],
    ids=["gzip", "zstd", "gzip in parts", "zstd in parts"],
)
def test_packed_layers_are_read(made, pack):
    content = made.tar(("bin/true", PROGRAM), ("b", b"12"))
    packed = pack(content)
    facts = read(packed)
    assert [entry.path for entry in facts.entries] == ["bin/true", "b"]
    assert facts.elves["bin/true"].needed
    assert facts.compressed == len(packed)


def test_compressed_is_what_a_registry_transfers_however_the_engine_stores_it(made):
    content = made.tar(("a", b"0" * 100_000))
    assert read(content).compressed is None, "it was packed although nobody asked"
    assert abs(read(content, weigh=True).compressed - len(gzip.compress(content, 6))) < 100


def test_a_layer_of_many_parts_is_read(made):
    """As eStargz is made: every file packed by itself."""
    parts = [made.tar((f"f{number}", b"1" * 2000)).rstrip(b"\0") for number in range(200)]
    padded = [part + b"\0" * (-len(part) % 512) for part in parts]
    packed = b"".join(gzip.compress(part) for part in (*padded, b"\0" * 1024))
    assert len(read(packed).entries) == 200


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_a_layer_that_ends_early_is_refused(made, chance, pack, share):
    content = made.tar(*((f"f{number}", chance.randbytes(3000)) for number in range(50)))
    packed = pack(content[:-10_000] if pack is bytes else content)
    with pytest.raises(tarfile.ReadError, match="layer sha256:made: "):
        read(packed[: int(len(packed) * share) // 512 * 512 + 100])


def test_a_layer_with_a_damaged_header_is_refused(made):
    content = bytearray(made.tar(("a", b"1" * 600), ("b", b"1")))
    content[512 + 1024 + 150] ^= 0xFF
    with pytest.raises(tarfile.ReadError, match="a header of it is damaged"):
        read(bytes(content))


def test_a_member_of_a_negative_size_is_refused(made):
    content = bytearray(made.tar(("a", b"1")))
    content[124:136] = b"\xff" * 11 + b"\x00"
    content[148:156] = b" " * 8
    content[148:156] = f"{sum(content[:512]):06o}\0 ".encode()
    # Newer Pythons see by themselves that the next member would begin before this one.
    with pytest.raises(tarfile.ReadError, match=r"negative size|invalid offset"):
        read(bytes(content))


@pytest.mark.parametrize("share", [0, 0.1, 0.4, 0.8])
def test_an_image_that_ends_early_is_refused(made, share):
    whole = made.saved(made.tar(("a", b"1" * 10_000)), made.tar(("b", b"1" * 10_000)))
    with pytest.raises(PlimsollError, match=r"holds no image|is damaged"):
        made.unpacked(iter([whole[: int(len(whole) * share)]]))


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b"{}", b"null", b"[1]", b'[{"Config": "gone"}]', b'[{"Config": null}]']
)
def test_what_is_no_image_is_refused(made, manifest):
    with pytest.raises(PlimsollError, match="holds no image"):
        made.unpacked(iter([made.tar(("manifest.json", manifest))]))


def test_a_layer_that_is_not_there_is_refused(made):
    with pytest.raises(PlimsollError, match="gone"):
        made.unpacked(iter([made.saved(Layers=["gone"])]))


def test_an_archive_of_an_older_engine_is_read(made):
    """Its layers have names of their own, are not compressed, and one that is there already is a link to it."""
    layer_, config = made.tar(("a", b"123")), b'{"architecture": "arm64"}'
    manifest = b'[{"Config": "c.json", "Layers": ["one/layer.tar", "two/layer.tar", "none/layer.tar"]}]'
    whole = made.tar(
        ("one", "directory"),
        ("one/VERSION", b"1.0"),
        ("one/layer.tar", layer_),
        ("two/layer.tar", "symlink", "../one/layer.tar"),
        ("none/layer.tar", made.tar()),
        ("c.json", config),
        ("manifest.json", manifest),
    )
    read_ = made.unpacked(iter([whole[at : at + 100] for at in range(0, len(whole), 100)]))
    assert (read_.architecture, read_.size, len(read_.layers)) == ("arm64", 6, 3)
    assert read_.layers[0].place == "layer sha256:one"


def test_broken_programs_are_read_as_far_as_they_go(made, chance):
    broken = [PROGRAM[:length] for length in range(4, 2000, 97)]
    for _ in range(200):
        content = bytearray(PROGRAM)
        for _ in range(8):
            content[chance.randrange(4, 1000)] = chance.randrange(256)
        broken.append(bytes(content))
    assert len(read(made.tar(*((f"p{number}", each) for number, each in enumerate(broken)))).entries) == len(broken)


def test_a_large_file_is_searched_in_windows(made, chance, monkeypatch):
    monkeypatch.setattr(layer, "LARGEST_HELD", 10_000)
    monkeypatch.setattr(layer, "WINDOW", 30_000)
    token = f" ghp_{''.join(chance.choices(string.ascii_letters + string.digits, k=36))} ".encode()
    for place in (0, 29_990, 45_000, 90_000):
        content = bytearray(b"." * 100_000)
        content[place : place + len(token)] = token
        (found,) = read(made.tar(("large", bytes(content)), ("after", b"1"))).secrets
        assert found.what == "a GitHub token"


def test_an_image_of_100_000_files_is_read_in_seconds():
    header = tarfile.TarInfo("0" * 90)
    blocks = []
    for number in range(100_000):
        header.name = f"{number % 300:03}/{number:06}"
        blocks.append(header.tobuf(tarfile.USTAR_FORMAT))
    begun = time.process_time()
    facts = read(b"".join(blocks) + b"\0" * 1024)
    grown = image.Image("made:here", "", {}, [facts]).files
    assert len(grown) == 100_000
    assert time.process_time() - begun < 60


def test_whoever_stops_reading_leaves_no_thread_behind():
    before = set(threading.enumerate())
    chunks = tar.ahead(iter([b"1"] * 1000))
    assert next(chunks) == b"1"
    started = set(threading.enumerate()) - before
    assert started, "nothing was made ahead"
    chunks.close()
    assert not any(thread.is_alive() for thread in started)
