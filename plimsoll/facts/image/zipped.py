"""What lies in archives of the kind of ZIP, such as an application's own JAR: its settings and its keys."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from plimsoll.facts.secrets import files, keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.secrets.tokens import Found

BEGIN = b"PK\x03\x04"

MOST = 4 * files.LARGEST
"""Bytes of all the files of one archive that are looked into."""


def secrets(content: bytes) -> Iterator[Found]:
    """The secrets in the files of an archive whose names say that they may hold some."""
    # Not before: it takes a while to load, and few images hold such an archive.
    import zipfile  # noqa: PLC0415

    left = MOST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if files.is_known(entry.filename) and 0 < entry.file_size <= min(left, files.LARGEST):
                    left -= entry.file_size
                    inside = archive.read(entry)
                    yield from keys.found(inside)
                    yield from files.secrets(entry.filename, inside)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        return  # not an archive after all, encrypted, or packed in a way that nothing here reads
