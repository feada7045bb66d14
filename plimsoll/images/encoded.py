"""What base64 says in any bytes: however its lines are broken, and wherever among other letters it begins."""

from __future__ import annotations

import base64
import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST = 20
"""Letters from which a word counts as one that may be in base64."""

BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{%d,}(?:(?:\\n|\r?\n[ \t]*)[A-Za-z0-9+/_-]{4,})*" % SHORTEST)
SHAPE = bytes(ord("x") if re.match(rb"[A-Za-z0-9+/_-]", bytes([byte])) else 0 for byte in range(256))
"""Turns each letter of base64 into `x`, and everything else into something else."""

FROM_URLS = bytes.maketrans(b"-_", b"+/")


def runs(content: bytes) -> Iterator[bytes]:
    """Everything that may be in base64: what BASE64 finds, in a tenth of the time."""
    shape = content.translate(SHAPE)
    start = shape.find(b"x" * SHORTEST)
    while start >= 0 and (match := BASE64.match(content, start)):
        yield match[0]
        start = shape.find(b"x" * SHORTEST, match.end())


def may_hold(found: Iterable[bytes], words: tuple[bytes, ...]) -> bool:
    """Whether one of some words is in what runs say: to decode them takes a hundred times as long."""
    text = b".".join(run for run in found if not _is_path(run))
    text = text.replace(b"\\n", b"").translate(FROM_URLS, b"\r\n\t ")
    return any(part in text for part in _encoded(words))


def decoded(found: Iterable[bytes]) -> Iterator[bytes]:
    """What runs say."""
    for each in found:
        if _is_path(each):
            continue
        run = re.sub(rb"\\n|\s", b"", each).translate(FROM_URLS)
        # What stands before it, a path for one, may be of the same letters: it can begin at any of four places.
        for start in range(4):
            part = run[start:]
            if len(part) % 4 == 1:
                part = part[:-1]
            yield base64.b64decode(part + b"=" * (-len(part) % 4))


def _is_path(run: bytes) -> bool:
    """Whether it is one, most likely."""
    return run.islower()


@functools.cache
def _encoded(words: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """What base64 makes of some words, whatever stands before and after them."""
    found = set()
    for word in words:
        for before in range(3):
            # A letter is six bits: the first and the last may be made of something else, too.
            first, end = -(-8 * before // 6), 8 * (before + len(word)) // 6
            found.add(base64.b64encode(bytes(before) + word)[first:end])
    return tuple(sorted(found))
