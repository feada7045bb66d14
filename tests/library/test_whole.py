"""What processes keep for one another is whole or not there, whoever writes it at once, and whatever became of it."""

import errno
import gzip
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from plimsoll import caches, whole
from plimsoll.facts.build import memo
from plimsoll.facts.image import image, layer, store
from plimsoll.subject import Variant
from workshop import build
from workshop.root import ROOT

pytestmark = pytest.mark.engine

WRITER = """
import sys
from pathlib import Path
from plimsoll import whole
for _ in range(100):
    whole.write(Path(sys.argv[1]), sys.argv[2].encode() * 200_000)
"""

DAMAGE = {
    "empty": lambda _: b"",
    "half of it": lambda content: content[: len(content) // 2],
    "all but its end": lambda content: content[:-1],
    "zeros": lambda content: bytes(len(content)),
    "no text": lambda _: b"\xff\xfe\x00",
    "another document": lambda _: b"{}",
    "a list": lambda _: b"[]",
    "a list of others": lambda _: b'[{"image": "x", "colour": 1}, 1]',
    "null": lambda _: b"null",
    "depths": lambda _: b"[" * 100_000,
    "another document, packed": lambda _: gzip.compress(b'{"code": 1}'),
    "no document, packed": lambda _: gzip.compress(b"\xff"),
}


@pytest.fixture(params=DAMAGE)
def damage(request):
    """Damage a file, in one of many ways."""

    def damage(file):
        file.write_bytes(DAMAGE[request.param](file.read_bytes()))

    return damage


def test_of_several_that_write_at_once_each_writes_a_whole_file(tmp_path):
    file = tmp_path / "folder/kept"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), letter], cwd=ROOT) for letter in "abc"]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        if content := whole.read(file, bytes):
            assert content == content[:1] * 200_000
            seen.add(content[:1])
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert seen
    assert [each.name for each in file.parent.iterdir()] == ["kept"]


def test_what_fails_to_be_written_leaves_the_old_and_nothing_else(tmp_path, monkeypatch):
    file = tmp_path / "kept"
    whole.write(file, b"old")

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        whole.write(file, b"new")
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"kept": b"old"}


def test_a_damaged_layer_is_read_anew(made, damage):
    content = made.tar(("etc/passwd", b"root:x"), ("a", b"12345"))
    first = made.facts(content)
    layers = caches.folder(image.LAYERS)
    (file,) = layers.iterdir()
    damage(file)
    assert layer.kept(first.layers[0].digest, layers) is None
    assert made.facts(content).layers == first.layers
    assert layer.kept(first.layers[0].digest, layers) == first.layers[0]


def test_a_damaged_image_is_read_anew(made, damage, monkeypatch):
    saved = made.saved(made.tar(("a", b"12345")), config={"User": "5:5"})
    given = []

    def save(**_):
        given.append(saved)
        return iter([saved])

    monkeypatch.setattr(store, "found", lambda _: SimpleNamespace(id="sha256:1", save=save))
    monkeypatch.setattr(store, "parts", lambda _: None)
    # As in a process each.
    read = image.read.__wrapped__
    assert [read("made:here").user, read("made:here").user, len(given)] == ["5:5", "5:5", 1]
    (file,) = caches.folder(image.IMAGES).iterdir()
    damage(file)
    assert [read("made:here").user, read("made:here").user, len(given)] == ["5:5", "5:5", 2]


def test_a_damaged_record_of_builds_tells_of_none(tmp_path, damage, monkeypatch):
    monkeypatch.setattr(build, "RECORD", tmp_path / "builds.json")
    build._remember({"made:here": build.Built("made:here", identity="1")})
    assert build.recorded()["made:here"].identity == "1"
    damage(build.RECORD)
    assert build.recorded() == {}
    build._remember({"made:there": build.Built("made:there", identity="2")})
    assert build.recorded().keys() == {"made:there"}


def test_a_damaged_proof_is_made_anew(tmp_path, damage, monkeypatch):
    monkeypatch.setenv(caches.ENVIRONMENT, str(tmp_path / "cache"))
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    variant = Variant("mine", "prod", "plimsoll/mine:prod", tmp_path, tmp_path / "Dockerfile")
    found = iter("12")
    assert memo.remembered("counted", variant, lambda: next(found)) == "1"
    assert memo.remembered("counted", variant, lambda: next(found)) == "1"
    (file,) = caches.folder(memo.FOLDER).glob("*.json")
    damage(file)
    assert memo.remembered("counted", variant, lambda: next(found)) == "2"
    assert json.loads(file.read_text())["facts"] == "2"


def test_what_only_saves_work_is_given_up_on_a_full_disk(monkeypatch, tmp_path, capsys):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    for name in ("one", "two"):
        whole.keep(tmp_path / name, b"a fact")
    said = capsys.readouterr().err
    assert said == f"plimsoll: {tmp_path} keeps nothing for the next run: No space left on device\n"
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_told_once(tmp_path, capsys):
    (tmp_path / "kept").write_bytes(b"\xff{")
    for _ in range(2):
        assert whole.read(tmp_path / "kept", whole.document) is None
    assert capsys.readouterr().err == f"plimsoll: {tmp_path}/kept is damaged, and is made anew\n"
    assert whole.read(tmp_path / "missing", whole.document) is None
    assert capsys.readouterr().err == ""
