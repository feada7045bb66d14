"""Images made in memory, so that every number is known beforehand."""

import hashlib
import importlib
import io
import json
import random
import tarfile
from types import SimpleNamespace

import pytest

from plimsoll import caches
from plimsoll.expectations import Expectations
from plimsoll.facts import registry
from plimsoll.facts.image import archive, image
from plimsoll.facts.image.layer import Entry, Layer
from plimsoll.subject import Variant

KINDS = {
    "directory": tarfile.DIRTYPE,
    "symlink": tarfile.SYMTYPE,
    "hardlink": tarfile.LNKTYPE,
    "fifo": tarfile.FIFOTYPE,
    "device": tarfile.CHRTYPE,
}


def tar(*members, form=tarfile.PAX_FORMAT):
    """An archive of members: a path and its content, or a path, its kind and the target of a link; then attributes."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for path, *rest in members:
            attributes = rest.pop() if rest and isinstance(rest[-1], dict) else {}
            made = tarfile.TarInfo(path)
            content = rest[0] if rest else b""
            if isinstance(content, str):
                made.type = KINDS[content]
                made.linkname = "".join(rest[1:])
                content = b""
            made.size = len(content)
            made.mode = 0o755 if made.isdir() else 0o644
            vars_ = {"mtime": 0, **attributes}
            for name, value in vars_.items():
                setattr(made, name, value)
            archive.addfile(made, io.BytesIO(content))
    return stream.getvalue()


def saved(*layers, config=None, history=None, architecture="amd64", **manifest):
    """An image's archive as `docker save` writes it."""
    document = {"architecture": architecture, "config": config or {}, "history": history or []}
    names = [f"blobs/sha256/{hashlib.sha256(content).hexdigest()}" for content in layers]
    said = [{"Config": "config.json", "Layers": names, **manifest}]
    files = {"manifest.json": json.dumps(said).encode(), "config.json": json.dumps(document).encode()}
    return tar(*files.items(), *dict(zip(names, layers, strict=True)).items())


def unpacked(chunks, name="made:here"):
    """What is read of an archive that comes from the engine."""
    return image.from_parts(archive.parts(chunks), f"the archive of {name}", name, "")


def facts(*layers, name="made:here", **said):
    """What is read of an image of these layers."""
    return unpacked(iter([saved(*layers, **said)]), name)


def imagined(*entries, config=None, history=None, **read):
    """An image of one layer that was never an archive: paths with their attributes, and what reading had found."""
    rows = []
    for each in entries:
        path, attributes = (each, {}) if isinstance(each, str) else each
        rows.append(Entry(path, "file", 1, 0o755, 0, 0)._replace(**attributes))
    document = {"architecture": "amd64", "config": config or {}, "history": history or []}
    return image.Image("made:here", "", document, [Layer("blobs/sha256/0", 0, entries=rows, **read)])


def subject(**expected):
    """An image without sources, of which this is expected."""
    return Variant("made", "here", "made:here", expectations=Expectations.model_validate(expected))


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The functions above, with a cache of their own."""
    monkeypatch.setenv(caches.ENVIRONMENT, str(tmp_path / "cache"))
    return SimpleNamespace(tar=tar, saved=saved, unpacked=unpacked, facts=facts, imagined=imagined, subject=subject)


@pytest.fixture
def fact():
    """What makes a function a fact, in a registry that holds no other; what was in it is put back."""
    importlib.import_module(registry.CATALOGUE)
    known = dict(registry.FACTS)
    registry.FACTS.clear()
    registry.depth_of.cache_clear()
    yield registry.fact
    registry.FACTS.clear()
    registry.FACTS.update(known)
    registry.depth_of.cache_clear()


@pytest.fixture
def chance():
    """Chance that is the same every time."""
    return random.Random(1)  # noqa: S311 - nothing is kept secret by it
