"""What is linked into a Go program, by what Go's linker writes into it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workshop.sbom.package import Package

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"\xff Go buildinf:"
ALIGNED = 16
INLINE = 2
"""The flag of Go 1.18 and later: the strings follow the header."""

HEADER = 32
SENTINEL = 16
"""Bytes before and after what is told of modules, by which Go itself finds it."""


def linked(content: bytes) -> tuple[Package, set[Package]] | None:
    """The main module of a Go program, and all others that are linked into it, the standard library among them.

    None where it is none, or one of a Go older than 1.18.
    """
    for start in _headers(content):
        version, rest = _string(content, start + HEADER)
        modules, _ = _string(content, rest)
        if version.startswith(b"go"):
            told = modules[SENTINEL:-SENTINEL].decode(errors="replace")
            return _read(version.decode(errors="replace"), told)
    return None


def _headers(content: bytes) -> Iterator[int]:
    start = content.find(MAGIC)
    while start >= 0:
        flags = content[start + len(MAGIC) + 1 : start + len(MAGIC) + 2]
        if start % ALIGNED == 0 and flags and flags[0] & INLINE:
            yield start
        start = content.find(MAGIC, start + 1)


def _string(content: bytes, start: int) -> tuple[bytes, int]:
    """A string with its length before it, as a variable number of seven bits a byte; and where the next begins."""
    length = shift = 0
    while start < len(content):
        byte = content[start]
        start += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return content[start : start + length], start + length
    return b"", start


def _read(version: str, told: str) -> tuple[Package, set[Package]]:
    number = re.sub(r"^go([\d.]+).*", r"\1", version)
    library = Package("golang", "stdlib", number, cpe="golang:go")
    main = Package("golang", "command-line-arguments")
    modules: list[Package] = []
    for line in told.splitlines():
        kind, *words = line.split("\t")
        if kind == "mod":
            main = _module(words)
        elif kind == "dep":
            modules.append(_module(words))
        elif kind == "=>" and modules:
            modules[-1] = _module(words)
    return main, {library, *modules}


def _module(words: list[str]) -> Package:
    name, version, *_ = [*words, "", ""]
    return Package("golang", name, "" if version == "(devel)" else version)
