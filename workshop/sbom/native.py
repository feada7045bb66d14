"""What a linker put into a static program: a C library leaves its mark, and its package was where it was built."""

from __future__ import annotations

import struct

MAGIC = b"\x7fELF\x02\x01"
"""Of 64 bits, the low byte first: what images are built for today."""

INTERPRETER, NOTE = 3, 4
GNU = b"GNU\0"
LINUX = bytes(4)
"""In glibc's note, the number of the system that it was built for."""

ARCHIVE = "libc.a"


def is_static_glibc(content: bytes) -> bool:
    """Whether a program has glibc in it: it names no loader, and has the note that glibc's start files bring."""
    if not content.startswith(MAGIC):
        return False
    (offset,) = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    kinds = [struct.unpack_from("<IIQQQQ", content, offset + number * size) for number in range(count)]
    if any(kind[0] == INTERPRETER for kind in kinds):
        return False
    return any(_has_abi_tag(content[start : start + length]) for kind, _, start, _, _, length in kinds if kind == NOTE)


def _has_abi_tag(notes: bytes) -> bool:
    """Whether notes hold `NT_GNU_ABI_TAG`, which is the first of its kind."""
    place = 0
    while place + 12 <= len(notes):
        name, described, kind = struct.unpack_from("<III", notes, place)
        begin = place + 12
        content = begin + -(-name // 4) * 4
        if notes[begin : begin + name] == GNU and kind == 1:
            return notes[content : content + 4] == LINUX
        place = content + -(-described // 4) * 4
    return False
