"""Keys, tokens and passwords in the files of a layer: as they are, in gzip, in base64."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.facts.image import packages, published, zipped
from plimsoll.facts.secrets import files, keys, search
from plimsoll.facts.secrets.tokens import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.secrets.tokens import Found


class Secret(NamedTuple):
    """One secret.

    Attributes:
        path: the file that holds it.
        what: what it is.
        shown: as much of it as a reader needs to know which it is.
        sums: the checksums of a file which, if a package brought it as it is, holds no secret; otherwise empty.

    """

    path: str
    what: str
    shown: str
    sums: tuple[str, ...] = ()


PACKED = re.compile(
    rb"PK(?:\x03\x04|\x05\x06|\x07\x08)|BZh[1-9]1AY&SY|\xfd7zX|\x28\xb5\x2f\xfd|\x89PNG|\xff\xd8\xff|GIF8[79]a|wOF[F2]\0|!<arch>\n"
)
"""How files begin whose bytes look like anything: archives, pictures, fonts."""

GZIP = b"\x1f\x8b"

LARGEST_PACKED = 1 << 24
"""Bytes of a packed file that are looked at."""

LARGEST_ARCHIVE = 1 << 28
"""Bytes of an archive of which the files are looked at: only its list is read, and what is called like a secret."""

LARGEST_ENCODED = 1 << 18
"""Bytes of a file that is searched for base64, too: what holds a login is small."""


def in_file(path: str, words: Words) -> list[Secret]:
    """The secrets in a file of a layer, also those that are none if it turns out to be a package's.

    Args:
        path: from the image's root.
        words: of all of it, or of a part of a large one.

    """
    content = words.content
    if PACKED.match(content):
        inside = dict.fromkeys(_zipped(path, content))
        sums = packages.sums(content) if inside else ()
        return [Secret(path, *each, sums) for each in inside]
    tokens = search.in_words(words)
    others = [*_keys(content), *files.secrets(path, content)]
    others += [each for each in _wrapped(words) if each.what not in {other.what for other in others}]
    if not tokens and not others:
        return []
    sums = packages.sums(content)
    found = {each: Secret(path, *each, sums if published.is_example(path) else ()) for each in tokens}
    return list({**{each: Secret(path, *each, sums) for each in others}, **found}.values())


def in_package(path: str, words: Words) -> list[Secret]:
    """The secrets in a file that a package brought: tokens, unless it documents or tests the software.

    A key that is published with software is no secret: Go's own packages hold some.
    """
    if PACKED.match(words.content) or published.is_example(path):
        return []
    return [Secret(path, *each) for each in search.in_words(words)]


def is_suspect(words: Words) -> bool:
    """Whether a file may hold a key or a token as it is."""
    return any(keys.found(words.content)) or bool(search.in_words(words))


def _keys(content: bytes) -> Iterator[Found]:
    yield from keys.found(content)
    if len(content) <= LARGEST_ENCODED:
        yield from keys.of_the_web(content)


def _zipped(path: str, content: bytes) -> Iterator[Found]:
    """The secrets in an archive that nobody published: of others, the list knows the archive and not what is in it."""
    if content.startswith(zipped.BEGIN) and len(content) <= LARGEST_ARCHIVE and not published.is_published(path):
        yield from zipped.secrets(content)


def _wrapped(words: Words) -> Iterator[Found]:
    """The secrets in what is packed or encoded."""
    content = words.content
    if content.startswith(GZIP):
        try:
            inside = zlib.decompressobj(wbits=31).decompress(content, LARGEST_PACKED)
        except zlib.error:
            return
        yield from search.in_words(Words(inside))
        yield from keys.found(inside)
    elif len(content) <= LARGEST_ENCODED:
        yield from search.in_base64(words)
