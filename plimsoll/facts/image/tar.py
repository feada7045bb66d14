"""Tar archives read in one pass, forward only: whatever they are packed with, and refused where they are damaged."""

from __future__ import annotations

import contextlib
import queue
import tarfile
import threading
import zlib
from itertools import chain
from typing import IO, TYPE_CHECKING, cast

import zstandard

from plimsoll.errors import PlimsollError
from plimsoll.units import show_size

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"

CHUNK = 1 << 18
"""Bytes that are read at once."""

LARGEST_CHUNK = 1 << 23
"""Bytes that are unpacked at once, however well they were packed."""

AHEAD = 8
"""Chunks that are unpacked before they are asked for."""

ENDS = {"EOFHeaderError", "EmptyHeaderError"}
"""What tarfile raises, under names that it does not publish, where an archive ends: with zeros or without."""

DAMAGED = (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, zlib.error, zstandard.ZstdError)
"""What reading a damaged archive raises."""


LEAST_BOUND = 10**9
"""Bytes to which any archive may unpack, however small it is."""

MOST_TIMES = 100
"""How many times its own size an archive may unpack to beyond that: programs and texts are packed two to ten times."""


class Bound:
    """What an archive may unpack to, all its layers together.

    Args:
        where: the archive, for messages.
        size: its bytes.

    """

    def __init__(self, where: str, size: int) -> None:
        self._where = where
        self._left = self._most = max(LEAST_BOUND, size * MOST_TIMES)

    def keep(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks as they are, as long as they are within the bound.

        Raises:
            PlimsollError: they are no more.

        """
        for chunk in chunks:
            self._left -= len(chunk)
            if self._left < 0:
                raise PlimsollError(
                    f"{self._where} unpacks to more than {show_size(self._most)}, {MOST_TIMES} times its size or more",
                    "if you trust it all the same, `docker load` it and check the image by its name",
                )
            yield chunk


class Member(tarfile.TarInfo):
    """A member whose damaged header is an error; tarfile itself takes it for the archive's end."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Member:
        """The next member."""
        try:
            member = super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            if type(error).__name__ in ENDS:
                raise
            raise tarfile.ReadError(f"a header of it is damaged, {error}") from error
        if member.size < 0:
            raise tarfile.ReadError("a member of it has a negative size")
        return member

    @property
    def stored(self) -> int:
        """Bytes of its content in the archive, which holds nothing for the holes of a sparse file."""
        if self.sparse is None:
            return self.size if self.isreg() else 0
        return sum(length for _, length in cast("list[tuple[int, int]]", self.sparse))


class Forward:
    """Chunks of bytes as a file, which can be read once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._chunk = b""
        self._start = 0
        self._at = 0

    def tell(self) -> int:
        """Bytes read so far."""
        return self._start + self._at

    def read(self, size: int) -> bytes:
        """The next bytes: fewer than asked for only at the end."""
        part = self._chunk[self._at : self._at + size]
        self._at += len(part)
        if len(part) == size:
            return part
        parts = [part]
        left = size - len(part)
        while left and self._next():
            parts.append(self._chunk[:left])
            self._at = len(parts[-1])
            left -= self._at
        return b"".join(parts)

    def seek(self, offset: int) -> None:
        """Go on to a later place, or back by what tarfile looks back: within the chunk at hand."""
        if offset < self._start:
            raise tarfile.ReadError("it leads backwards")
        while offset > self._start + len(self._chunk):
            if not self._next():
                break
        self._at = min(offset - self._start, len(self._chunk))

    def _next(self) -> bool:
        chunk = next(self._chunks, b"")
        if chunk:
            self._start += len(self._chunk)
            self._chunk = chunk
            self._at = 0
        return bool(chunk)


def is_packed(begin: bytes) -> bool:
    """Whether an archive that begins so is compressed."""
    return begin.startswith((GZIP, ZSTD))


def is_header(begin: bytes) -> bool:
    """Whether an archive that is not compressed begins so."""
    try:
        tarfile.TarInfo.frombuf(begin[: tarfile.BLOCKSIZE], tarfile.ENCODING, "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """An archive's bytes without its compression, whichever of gzip, zstd or none it has."""
    begin = next(chunks, b"")
    chunks = chain([begin], chunks)
    if begin.startswith(GZIP):
        yield from _gunzipped(chunks)
    elif begin.startswith(ZSTD):
        # A file of any kind is read, as long as it can be read forward.
        source = cast("IO[bytes]", Forward(chunks))
        reader = zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True)
        yield from iter(lambda: reader.read(CHUNK), b"")
    else:
        yield from chunks


def _gunzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip made, also where it was made in several parts."""
    engine = zlib.decompressobj(wbits=31)
    begun = False
    for chunk in chunks:
        data = chunk
        while data:
            begun = True
            if part := engine.decompress(data, LARGEST_CHUNK):
                yield part
            data = engine.unconsumed_tail
            if engine.eof:
                data = engine.unused_data.lstrip(b"\0")
                engine = zlib.decompressobj(wbits=31)
                begun = False
    if begun:
        raise EOFError("its compressed data end early")


def ahead(chunks: Iterator[bytes]) -> Generator[bytes, None, None]:
    """The chunks, made in a thread of their own: while one is looked at, the next is being unpacked."""
    ready: queue.Queue[bytes | BaseException | None] = queue.Queue(AHEAD)
    abandoned = threading.Event()

    def hand_over(item: bytes | BaseException | None) -> None:
        while not abandoned.is_set():
            with contextlib.suppress(queue.Full):
                ready.put(item, timeout=0.1)
                break

    def work() -> None:
        try:
            for chunk in chunks:
                hand_over(chunk)
                if abandoned.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised where the chunks are asked for
            hand_over(error)
        hand_over(None)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        abandoned.set()
        worker.join()


def members(chunks: Iterator[bytes]) -> Iterator[tuple[Member, Forward]]:
    """Every member of an archive, with the file from which its content can be read before the next is asked for.

    Raises:
        tarfile.TarError: the archive is damaged; so do the other errors of `DAMAGED`.

    """
    source = Forward(chunks)
    archive = tarfile.TarFile(fileobj=source, tarinfo=Member, errorlevel=2)  # type: ignore[arg-type]
    while (member := archive.next()) is not None:
        # tarfile keeps them all, and asks no more of one that has been read.
        archive.members.clear()  # type: ignore[attr-defined]
        yield member, source  # type: ignore[misc]
