"""The search for keys, tokens and passwords in a text or in any bytes: as they are, in base64, in hexadecimal."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from plimsoll.facts.secrets import encoded, examples, keys, passwords, tokens
from plimsoll.facts.secrets.tokens import HIDDEN, Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AWS_MARKS = (b"_secret_access_key", b"_SECRET_ACCESS_KEY")
AWS_SECRET_KEY = re.compile(rb"(?i)aws_secret_access_key[\"']?\s*[=:]\s*[\"']?([a-z0-9/+]{40})(?![a-z0-9/+=])")

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


def in_command(words: str | Sequence[str]) -> list[Found]:
    """The secrets in what is run: a command, a health check, an entry point; the one place to ask for all of them.

    Tokens, keys, passwords in addresses and connection strings, behind options (`--password=...`, `curl -u user:...`,
    `mysqladmin -p...`), before the program (`PGPASSWORD=... psql`). Since it is run, no password is an example;
    what stands for another (`$PASSWORD`, `$$PASSWORD`, `${PASSWORD}`) and the path of a file are none.

    Args:
        words: a line for a shell, or the words of a program; a `CMD` or `CMD-SHELL` before them does no harm.

    """
    text = words if isinstance(words, str) else " ".join(words)
    return _in_text(text, in_use=True)


def _with_key(found: list[Found], value: str) -> list[Found]:
    """What was found in a value, and that it begins as a key does: the rest of one may be put to it later."""
    begun = keys.BEGINS.search(value.encode(errors="replace")) and keys.PRIVATE_KEY not in {each.what for each in found}
    return [*found, Found(keys.PRIVATE_KEY, HIDDEN)] if begun else found


def _in_text(text: str, *, in_use: bool) -> list[Found]:
    content = text.encode(errors="surrogateescape")
    found: dict[Found, None] = {}
    for part in dict.fromkeys((content, unquote(text).encode(errors="replace"), *_decoded(content))):
        raw = tokens.in_text(part, in_use=in_use)
        found.update(dict.fromkeys((*raw, *keys.found(part), *_aws(part), *passwords.told(part, in_use=in_use))))
    return list(found)


def in_words(words: tokens.Words) -> list[Found]:
    """The tokens in any bytes, each once."""
    has_mark = any(mark in words.lines for mark in AWS_MARKS)
    return [*words.tokens, *(_aws(words.content) if has_mark else ())]


def in_base64(words: tokens.Words) -> Iterator[Found]:
    """The tokens and keys that words say in base64."""
    if inside := encoded.decoded(words.plain):
        yield from in_words(tokens.Words(inside))
        yield from keys.found(inside)


def _aws(content: bytes) -> Iterator[Found]:
    if any(mark in content for mark in AWS_MARKS):
        for match in AWS_SECRET_KEY.finditer(content):
            if examples.is_random(match[1]):
                yield Found("an AWS secret key", HIDDEN)


def _decoded(content: bytes) -> Iterator[bytes]:
    yield encoded.decoded(encoded.words(content))
    for match in HEXADECIMAL.finditer(content):
        yield binascii.unhexlify(match[0])
