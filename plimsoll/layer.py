"""One layer of an image: what it holds, read from its archive in one pass and kept for the next time."""

from __future__ import annotations

import gzip
import io
import json
import os
import posixpath
import tarfile
import zlib
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Literal, cast

import zstandard

from plimsoll import elf

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
"""Raised when what is kept of a layer changes, so that older files are read no more."""

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"

TEXTS = frozenset({"etc/passwd", "etc/group", "etc/shadow", "etc/os-release", "usr/lib/os-release"})
"""Small files whose content rules ask for."""

LARGEST_ELF = 256 * 10**6
"""Bytes above which a program is not parsed; it would have to be held in memory."""

Kind = Literal["file", "directory", "symlink", "hardlink", "device", "fifo"]


@dataclass(frozen=True)
class Entry:
    """One entry of a layer.

    Attributes:
        path: from the image's root, without a leading slash.
        kind: what it is.
        size: bytes of its content; 0 for all but files.
        mode: permission bits, set-uid, set-gid and sticky bits included.
        uid: owner.
        gid: group.
        link: the target of a link.
        modified: seconds since 1970.

    """

    path: str
    kind: Kind
    size: int
    mode: int
    uid: int
    gid: int
    link: str = ""
    modified: int = 0


@dataclass
class Layer:
    """One layer.

    Attributes:
        digest: of its archive, as the image's manifest names it.
        compressed: bytes that a registry transfers for it.
        entries: in the order of the archive.
        deleted: paths that it removes from the layers below.
        emptied: directories of which it hides all that was below.
        elves: link facts by path.
        texts: content of the files in `TEXTS`.

    """

    digest: str
    compressed: int
    entries: list[Entry] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    elves: dict[str, elf.Elf] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of the files in it, uncompressed."""
        return sum(entry.size for entry in self.entries)


def clean(path: str) -> str:
    """A path as the image sees it: no leading `./` or `/`, and nothing climbs above the root."""
    return posixpath.normpath("/" + path).lstrip("/")


def opened(blob: IO[bytes]) -> IO[bytes]:
    """A layer's archive without its compression, whichever of gzip, zstd or none it has."""
    magic = blob.read(4)
    blob.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=blob))
    if magic == b"\x28\xb5\x2f\xfd":
        return cast("IO[bytes]", zstandard.ZstdDecompressor().stream_reader(blob))
    return blob


def read(digest: str, blob: IO[bytes], length: int) -> Layer:
    """A layer, from its archive.

    Args:
        digest: its name.
        blob: the archive, seekable.
        length: the archive's bytes as stored.

    """
    stored_compressed = blob.read(2) in {b"\x1f\x8b", b"\x28\xb5"}
    blob.seek(0)
    layer = Layer(digest, length if stored_compressed else _gzipped(blob))
    blob.seek(0)
    with tarfile.open(fileobj=opened(blob), mode="r|") as archive:
        for member in archive:
            _add(layer, archive, member)
    return layer


def _add(layer: Layer, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    path = clean(member.name)
    folder, name = posixpath.split(path)
    if name == OPAQUE:
        layer.emptied.append(folder)
        return
    if name.startswith(WHITEOUT):
        layer.deleted.append(posixpath.join(folder, name.removeprefix(WHITEOUT)))
        return
    layer.entries.append(
        Entry(
            path,
            _kind(member),
            member.size if member.isreg() else 0,
            member.mode & 0o7777,
            member.uid,
            member.gid,
            member.linkname,
            int(member.mtime),
        )
    )
    if not member.isreg() or member.size < len(elf.MAGIC):
        return
    content = archive.extractfile(member) or io.BytesIO()
    if path in TEXTS:
        layer.texts[path] = content.read(10**6).decode(errors="replace")
    elif member.size <= LARGEST_ELF and (start := content.read(4)) == elf.MAGIC:
        facts = elf.read(start + content.read())
        if facts is not None:
            layer.elves[path] = facts


def _kind(member: tarfile.TarInfo) -> Kind:
    if member.isreg():
        return "file"
    if member.isdir():
        return "directory"
    if member.issym():
        return "symlink"
    if member.islnk():
        return "hardlink"
    return "fifo" if member.isfifo() else "device"


def _gzipped(blob: IO[bytes]) -> int:
    """Bytes that gzip at its usual level makes of an archive that is stored as it is."""
    compressor = zlib.compressobj(6, wbits=31)
    total = 0
    while chunk := blob.read(1 << 20):
        total += len(compressor.compress(chunk))
    return total + len(compressor.flush())


def keep(layer: Layer, folder: Path) -> None:
    """Write a layer's facts for the next process that needs them."""
    folder.mkdir(parents=True, exist_ok=True)
    file = _file(layer.digest, folder)
    rows = [list(asdict(entry).values()) for entry in layer.entries]
    document = {**vars(layer), "entries": rows, "elves": {path: asdict(e) for path, e in layer.elves.items()}}
    # Another process may be reading the same layer: a file appears whole or not at all.
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(gzip.compress(json.dumps(document).encode(errors="surrogateescape"), 1))
    unfinished.replace(file)


def kept(digest: str, folder: Path) -> Layer | None:
    """The facts that were kept of a layer, None where there are none."""
    file = _file(digest, folder)
    if not file.exists():
        return None
    document = json.loads(gzip.decompress(file.read_bytes()))
    document["entries"] = [Entry(*row) for row in document["entries"]]
    for path, facts in document["elves"].items():
        facts.update(needed=tuple(facts["needed"]), run_path=tuple(facts["run_path"]))
        document["elves"][path] = elf.Elf(**facts)
    return Layer(**document)


def _file(digest: str, folder: Path) -> Path:
    return folder / f"{digest.replace('/', '-')}.{FORMAT}.json.gz"
