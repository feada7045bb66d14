"""The search for keys, tokens and passwords in a text or in any bytes: as they are, in base64, in hexadecimal."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from plimsoll.facts.secrets import encoded, examples, names, tokens
from plimsoll.facts.secrets.tokens import HIDDEN, Found

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE_KEY = "a private key"
KEY_MARK = b"PRIVATE KEY"
"""What every private key says of itself."""

KEY_BEGINS = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY")
KEY = re.compile(rb"-----BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?)-----(.{40,16384}?)-----END ", re.DOTALL)

AWS_MARKS = (b"_secret_access_key", b"_SECRET_ACCESS_KEY")
AWS_SECRET_KEY = re.compile(rb"(?i)aws_secret_access_key[\"']?\s*[=:]\s*[\"']?([a-z0-9/+]{40})(?![a-z0-9/+=])")

LOGIN_IN_ADDRESS = re.compile(
    rb"(?i)\b[a-z][a-z0-9+.-]{0,30}://[^\s:/@'\"]{0,100}:([^\s/@'\"]{1,200})@(?!sha(?:256|512):)"
)
"""A password in an address; a digest stands behind an `@`, too."""

HEADER = re.compile(rb"(?i)authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+([\w.~+/=-]{16,})")
OPTION = re.compile(r"(?<![\w-])--([a-z][\w-]{0,60})(?:=|\s+)[\"']?([^\s\"'-][^\s\"']{3,})")
DESCRIBED = re.compile(r"(?:id|type|src|source|env)=")
"""How the value of an option begins that says where a secret is."""

SHORTEST_PASSWORD = 3
"""Letters of a password in an address that nothing uses."""

HEXADECIMAL = re.compile(rb"(?:[0-9a-fA-F]{2}){16,}")


def in_text(text: str) -> list[Found]:
    """The secrets in a line of the history: raw, in base64, in hexadecimal, in an address."""
    return _in_text(text, in_use=False)


def in_label(name: str, value: str) -> list[Found]:
    """The secrets in a label."""
    return _with_key(in_text(f"{name}={value}"), value)


def in_variable(name: str, value: str) -> list[Found]:
    """The secrets in the value of a variable, whatever its name is; since something uses it, no password is an example.

    Args:
        name: the variable's.
        value: what it is set to.

    """
    return _with_key(_in_text(f"{name}={value}", in_use=True), value)


def _with_key(found: list[Found], value: str) -> list[Found]:
    """What was found in a value, and that it begins as a key does: the rest of one may be put to it later."""
    begun = KEY_BEGINS.search(value.encode(errors="replace")) and PRIVATE_KEY not in {each.what for each in found}
    return [*found, Found(PRIVATE_KEY, HIDDEN)] if begun else found


def _in_text(text: str, *, in_use: bool) -> list[Found]:
    content = text.encode(errors="surrogateescape")
    found: dict[Found, None] = {}
    for part in dict.fromkeys((content, unquote(text).encode(errors="replace"), *_decoded(content))):
        raw = tokens.in_text(part, in_use=in_use)
        found.update(dict.fromkeys((*raw, *keys(part), *_aws(part), *_told(part, in_use=in_use))))
    return list(found)


def in_words(words: tokens.Words) -> list[Found]:
    """The tokens in any bytes, each once."""
    return [*words.tokens, *_aws(words.content)]


def in_base64(words: tokens.Words) -> Iterator[Found]:
    """The tokens and keys that words say in base64."""
    inside = encoded.decoded(words.plain)
    yield from in_words(tokens.Words(inside))
    yield from keys(inside)


def keys(content: bytes) -> Iterator[Found]:
    """The private keys in any bytes."""
    if KEY_MARK in content:
        for match in KEY.finditer(content):
            lines = re.split(rb"\\[nr]|[\r\n]", match[2])
            body = b"".join(line for line in lines if b": " not in line)
            body = re.sub(rb"[\s\"'`,;\\]", b"", body)
            if re.fullmatch(rb"[A-Za-z0-9+/=]{60,}", body) and examples.is_random(body):
                yield Found(PRIVATE_KEY, f"BEGIN {match[1].decode()}")


def _aws(content: bytes) -> Iterator[Found]:
    if any(mark in content for mark in AWS_MARKS):
        for match in AWS_SECRET_KEY.finditer(content):
            if examples.is_random(match[1]):
                yield Found("an AWS secret key", HIDDEN)


def _told(content: bytes, *, in_use: bool) -> Iterator[Found]:
    """The passwords that stand where passwords do: in an address, a header, an option."""
    if b"://" in content:
        for match in LOGIN_IN_ADDRESS.finditer(content):
            long = in_use or len(match[1]) >= SHORTEST_PASSWORD
            if long and examples.is_password(match[1], in_use=in_use):
                yield Found("a password in an address", HIDDEN)
    if b"uthorization" in content.lower():
        for match in HEADER.finditer(content):
            if examples.is_password(match[1], in_use=in_use):
                yield Found("a login in a header", HIDDEN)
    if b"--" in content:
        for option in OPTION.finditer(content.decode(errors="replace")):
            hidden = names.is_secret(option[1]) and not names.is_nothing(option[2]) and not DESCRIBED.match(option[2])
            if hidden and examples.is_password(option[2].encode(errors="replace"), in_use=in_use):
                yield Found("a password in a command", HIDDEN)


def _decoded(content: bytes) -> Iterator[bytes]:
    yield encoded.decoded(encoded.words(content))
    for match in HEXADECIMAL.finditer(content):
        yield binascii.unhexlify(match[0])
