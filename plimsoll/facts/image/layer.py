"""One layer of an image: what it holds, read from its archive in one pass and kept for the next time."""

from __future__ import annotations

import gzip
import json
import posixpath
import re
import tarfile
import zlib
from contextlib import closing
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple

from plimsoll import inputs, whole
from plimsoll.facts.image import capabilities, elf, tar
from plimsoll.facts.image.search import Search
from plimsoll.facts.image.secrets import Secret
from plimsoll.paths import clean, show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOUND_BY = (
    *(
        "facts/image",
        "facts/secrets",
        "address",
        "bridge",
        "caches",
        "engine",
        "errors",
        "folders",
        "inputs",
        "listening",
        "paths",
        "references",
        "say",
        "sdk",
        "units",
        "whole",
    ),
)
CODE = inputs.code(*FOUND_BY)
"""A digest of the code that finds the facts: what other code found counts no more."""

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"

TEXTS = re.compile(
    r"etc/(passwd|group|shadow|shells|os-release|timezone|localtime|ld\.so\.conf|ld\.so\.conf\.d/[^/]+)"
    r"|etc/ld-musl-[^/]+\.path|usr/lib/os-release|(?:[^/]+/)*[\w.-]*entrypoint(?:\.\w+)?"
    r"|(?:[^/]+/){0,4}(?:app|boot|bootstrap|index|init|launch|main|run|serve|server|start|startup)\.(?:sh|bash|py|m?js|rb|pl)"
)
"""Small files whose content rules ask for: settings of the system, and what a container may begin with."""

LARGEST_TEXT = 10**6

LARGEST_HELD = 256 * 10**6
"""Bytes above which a file is not held in memory: its ELF headers are not read, and it is searched in windows."""

WINDOW = 1 << 24
OVERLAP = 1 << 14
"""Bytes that two windows have in common, so that a secret on their border is found."""

SCRIPT = b"#!"

Kind = Literal["file", "directory", "symlink", "hardlink", "device", "fifo"]


class Entry(NamedTuple):
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

    @property
    def shown(self) -> str:
        """Its path as people read it."""
        return show(self.path)


@dataclass
class Layer:
    """One layer.

    Attributes:
        digest: of its archive, as the image's manifest names it.
        compressed: bytes that a registry transfers for it; None where it is stored unpacked and nobody asked.
        entries: in the order of the archive.
        deleted: paths that it removes from the layers below.
        emptied: directories of which it hides all that was below.
        elves: link facts by path.
        texts: content of the files in `TEXTS`.
        capabilities: file capabilities by path, in hexadecimal digits of the kernel's own form.
        scripts: the interpreter that an executable script names, with its arguments, by path.
        plain: the executable files that begin neither as a program nor as a script, so that the kernel starts none.
        secrets: the keys and tokens in its files; `Image.secrets` knows which of them packages brought.
        packaged: the checksums that packages' lists in it give, by path, as far as they matter to that.

    """

    digest: str
    compressed: int | None
    entries: list[Entry] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    elves: dict[str, elf.Elf] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    capabilities: dict[str, str] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list)
    packaged: dict[str, list[str]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of the files in it, uncompressed."""
        return sum(entry.size for entry in self.entries)

    @property
    def place(self) -> str:
        """Its name in a finding: enough of its digest to tell it from the others."""
        digest = next((part for part in reversed(self.digest.split("/")) if "." not in part), self.digest)
        return f"layer sha256:{digest.removeprefix('sha256:')[:12]}"


def read(
    digest: str, chunks: Iterator[bytes], length: int, *, weigh: bool = False, bound: tar.Bound | None = None
) -> Layer:
    """A layer, from its archive.

    Args:
        digest: its name.
        chunks: the archive, read once.
        length: the archive's bytes as stored.
        weigh: find out what a registry would transfer also where the archive is not packed, which takes its time.
        bound: of what it may unpack to.

    Raises:
        tarfile.TarError: the archive is damaged.
        PlimsollError: it unpacks to more than it may.

    """
    layer = Layer(digest, None)
    search = Search()
    try:
        begin = next(chunks, b"")
        is_packed = tar.is_packed(begin)
        packer = Packer() if weigh and not is_packed else None
        whole = tar.unpacked(chain([begin], chunks))
        whole = bound.keep(whole) if bound else whole
        with closing(tar.ahead(packer.through(whole) if packer else whole)) as unpacked:
            for member, source in tar.members(unpacked):
                _add(layer, search, member, source)
            # To the end, where it shows whether the compressed data are whole.
            for _ in unpacked:
                pass
    except tar.DAMAGED as error:
        raise tarfile.ReadError(f"{layer.place}: {error}") from error
    layer.compressed = packer.size if packer else length if is_packed else None
    layer.packaged = search.end()
    layer.secrets = search.secrets
    return layer


class Packer:
    """Bytes that gzip at its usual level makes of what passes through: what a registry would transfer."""

    def __init__(self) -> None:
        self.size = 0

    def through(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks as they are."""
        compressor = zlib.compressobj(6, wbits=31)
        for chunk in chunks:
            self.size += len(compressor.compress(chunk))
            yield chunk
        self.size += len(compressor.flush())


def _add(layer: Layer, search: Search, member: tar.Member, source: tar.Forward) -> None:
    path = clean(member.name)
    folder, name = posixpath.split(path)
    if name == OPAQUE:
        layer.emptied.append(folder)
        return
    if name.startswith(WHITEOUT):
        layer.deleted.append(posixpath.join(folder, name.removeprefix(WHITEOUT)))
        return
    link = clean(member.linkname) if member.islnk() else member.linkname
    entry = Entry(
        path, _kind(member), member.stored, member.mode & 0o7777, member.uid, member.gid, link, int(member.mtime)
    )
    layer.entries.append(entry)
    if given := member.pax_headers.get(capabilities.ATTRIBUTE):
        layer.capabilities[path] = given.encode(errors="surrogateescape").hex()
    search.here.add(path)
    # The content of a sparse file lies in pieces; no program and no secret is one.
    if entry.size and member.sparse is None:
        source.seek(member.offset_data)
        if entry.size <= LARGEST_HELD:
            _look_into(layer, search, entry, source.read(entry.size))
        else:
            _look_into_windows(search, entry, source)


def _look_into(layer: Layer, search: Search, entry: Entry, content: bytes) -> None:
    if len(content) < entry.size:
        raise EOFError(f"it ends within {entry.shown}")
    if content.startswith(elf.MAGIC):
        if facts := elf.read(content):
            layer.elves[entry.path] = facts
        return
    if TEXTS.fullmatch(entry.path):
        layer.texts[entry.path] = content[:LARGEST_TEXT].decode(errors="replace")
    if entry.mode & 0o111:
        if content.startswith(SCRIPT):
            layer.scripts[entry.path] = content[2:256].partition(b"\n")[0].decode(errors="replace")
        else:
            layer.plain.append(entry.path)
    search.add(entry.path, content)


def _look_into_windows(search: Search, entry: Entry, source: tar.Forward) -> None:
    """Search a file that is too large to be held."""
    window = b""
    left = entry.size
    while left:
        part = source.read(min(WINDOW, left))
        if not part:
            raise EOFError(f"it ends within {entry.shown}")
        left -= len(part)
        window = window[-OVERLAP:] + part
        if window.startswith(elf.MAGIC):
            break
        search.add_part(entry.path, window)


def _kind(member: tar.Member) -> Kind:
    if member.isreg():
        return "file"
    if member.isdir():
        return "directory"
    if member.issym():
        return "symlink"
    if member.islnk():
        return "hardlink"
    return "fifo" if member.isfifo() else "device"


def keep(layer: Layer, folder: Path) -> None:
    """Write a layer's facts for the next process that needs them."""
    elves = {path: asdict(facts) for path, facts in layer.elves.items()}
    document = {"code": CODE, "layer": {**vars(layer), "elves": elves}}
    whole.keep(_file(layer.digest, folder), gzip.compress(json.dumps(document).encode(), 1))


def kept(digest: str, folder: Path) -> Layer | None:
    """The facts that were kept of a layer, None where there are none, or other code than this found them."""
    return whole.read(_file(digest, folder), _parsed)


def _parsed(content: bytes) -> Layer | None:
    document = whole.document(gzip.decompress(content))
    if document["code"] != CODE:
        return None
    facts = document["layer"]
    facts["entries"] = [Entry(*row) for row in facts["entries"]]
    facts["secrets"] = [Secret(path, what, shown, tuple(sums)) for path, what, shown, sums in facts["secrets"]]
    for path, each in facts["elves"].items():
        each.update(needed=tuple(each["needed"]), run_path=tuple(each["run_path"]))
        facts["elves"][path] = elf.Elf(**each)
    return Layer(**facts)


def _file(digest: str, folder: Path) -> Path:
    """The file for a layer, whatever name a foreign archive gives it."""
    name = re.sub(r"[^\w.-]", "-", digest)[-150:]
    return folder / f"{name}.json.gz"
