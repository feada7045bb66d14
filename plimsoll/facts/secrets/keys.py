"""Private keys in every form in which they are kept: as text, and as OpenSSL, Java, PuTTY and GnuPG keep them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.facts.secrets import examples
from plimsoll.facts.secrets.tokens import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE_KEY = "a private key"
KEYSTORE = "a private key in a keystore"

MARK = b"PRIVATE KEY"
"""What every private key in text says of itself."""

BEGINS = re.compile(rb"-{4,5} ?BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY")
_KEY = re.compile(
    rb"-{4,5} ?BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?) ?-{4,5}"
    rb"((?:(?!-{4,5} ?BEGIN ).){40,16384}?)-{4,5} ?END ",
    re.DOTALL,
)

_END_OF_LINE = re.compile(rb"\\[nr]|[\r\n]")
_BODY = re.compile(rb"[A-Za-z0-9+/]{16,}=*")
"""What of a line is the key; what stands before it is a quotation's, a comment's, a string's."""

_LAST = re.compile(rb"[A-Za-z0-9+/]{1,15}=*(?=[\"'`,;+\\<]*\s*$)")
"""The last line of a key may be short."""

SHORTEST = 60
"""Letters of the shortest key: one of Ed25519 has 64."""

DENSE = 3 / 4
"""How much of what stands between the marks is the key, at least: the rest is decoration."""

_JWK = re.compile(rb"\{[^{}]*\"kty\"\s*:\s*\"(RSA|EC|OKP|oct)\"[^{}]*\}")
_JWK_SECRET = re.compile(rb"\"(d|k)\"\s*:\s*\"([\w-]{22,})=*\"")

_DER = re.compile(
    rb"\x30(?:[\x20-\x7f]|\x81.|\x82..)(?:\x30.\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05|\x02\x01"
    rb"(?:\x00(?:\x02\x82..\x00?[\x80-\xff]|\x02\x81.\x00?[\x80-\xff]|\x30[\x05-\x20]\x06[\x03-\x0d])|\x01\x04[\x1c-\x42]))",
    re.DOTALL,
)
"""How PKCS#1, PKCS#8 and SEC 1 begin in binary: what encrypts them, or a version and a modulus, algorithm or string."""

_PKCS12 = re.compile(rb"\x30[\x80-\x84].{0,4}\x02\x01\x03\x30", re.DOTALL)
_PKCS12_KEYS = (b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02")
"""Object identifiers of the bags in which PKCS#12 has keys (RFC 7292, appendix D); certificates are in others."""

_JAVA = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_JAVA_KEY = re.compile(rb"(?:%s).{8}\x00\x00\x00[\x01\x03]" % b"|".join(map(re.escape, _JAVA)), re.DOTALL)
"""A keystore whose first entry is a key; of one that only trusts, it is a certificate (tag 2)."""

_GNUPG = re.compile(
    rb"(?:[^\n]+\n)*?Key: \((?:protected-)?private-key|\((?:11:|21:protected-)private-key"
    rb"|[\x94\x95\xc5].{1,5}\x04[\x40-\x6f]...[\x01-\x1b]",
    re.DOTALL,
)
"""A key as its agent keeps it, or as it is exported.

That is a packet of a secret key, version 4 (RFC 4880, 5.5.3): the tag, its length, the version, a time since 2004.
"""


def found(content: bytes) -> Iterator[Found]:
    """The private keys in any bytes."""
    if MARK in content:
        yield from _in_text(content)
    yield from _as_file(content)


def _in_text(content: bytes) -> Iterator[Found]:
    for match in _KEY.finditer(content):
        if _is_key(match[2]):
            yield Found(PRIVATE_KEY, f"BEGIN {match[1].decode()}")


def _is_key(between: bytes) -> bool:
    """Whether what stands between the marks is a key, however it is quoted, and no example or code."""
    lines = [line for line in _END_OF_LINE.split(between) if b": " not in line]
    words = [word for line in lines for word in (*_BODY.findall(line), *_BODY.sub(b"", line).split())]
    body = b"".join(b"".join(_BODY.findall(line)) for line in lines)
    last = next((line for line in reversed(lines) if line.strip()), b"")
    if not _BODY.search(last) and (short := _LAST.search(last)):
        body += short[0]
    written = sum(map(len, words))
    return len(body) >= SHORTEST and len(body) >= DENSE * written and examples.is_random(body)


def _as_file(content: bytes) -> Iterator[Found]:
    """The key that a whole file is, by how it begins."""
    if not content:
        return
    first = content[:1]
    if first == b"P" and content.startswith(b"PuTTY-User-Key-File-") and b"\nPrivate-Lines:" in content:
        yield Found(PRIVATE_KEY, "PuTTY-User-Key-File")
    elif first == b"\x30":
        if _PKCS12.match(content):
            if any(bag in content for bag in _PKCS12_KEYS):
                yield Found(KEYSTORE, "PKCS#12")
        elif _DER.match(content) and _is_whole(content):
            yield Found(PRIVATE_KEY, "DER")
    elif first in {b"\xfe", b"\xce"} and _JAVA_KEY.match(content):
        yield Found(KEYSTORE, "Java")
    elif first in b"\x94\x95\xc5(CK" and _GNUPG.match(content):
        yield Found(PRIVATE_KEY, "GnuPG")


def of_the_web(content: bytes) -> Iterator[Found]:
    """The private keys in JSON (RFC 7517) and in .NET's XML."""
    if b'"kty"' in content:
        for match in _JWK.finditer(content):
            member = b"k" if match[1] == b"oct" else b"d"
            for name, value in _JWK_SECRET.findall(match[0]):
                if name == member and examples.is_random(value):
                    yield Found(PRIVATE_KEY, "JSON web key")
    if b"<RSAKeyValue>" in content and re.search(rb"<D>[\w+/=\s]{64,}</D>", content):
        yield Found(PRIVATE_KEY, "RSAKeyValue")


def _is_whole(content: bytes) -> bool:
    """Whether a DER file is as long as it says."""
    length = content[1]
    if length < 0x80:
        return len(content) == length + 2
    size = length & 0x7F
    return len(content) == int.from_bytes(content[2 : 2 + size], "big") + 2 + size
