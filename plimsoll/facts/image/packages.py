"""What package managers installed: whoever pulls an image could have had that anyway, so no secret is told with it.

Where software is put says nothing, since anybody may put a file there; its package's own list does, which names every
file with its checksum. Such lists are those of dpkg (also in the pieces that distroless images have), of apk, and of
Python's installers; npm's cache names a file by its checksum. Other packages are a folder that their manager made and
marked, and what came with the mark, in the same layer, counts as theirs: modules of Node, Go, Rust and Ruby, and the
trees that Go, Node and Python themselves are unpacked or built into.

rpm's list is a database in one of three binary forms, none of which is read here: of what came in one layer with it,
everything below /usr but /usr/local counts as its packages'.
"""

from __future__ import annotations

import base64
import binascii
import csv
import functools
import hashlib
import posixpath
import re
from typing import TYPE_CHECKING

from plimsoll.facts.image import published
from plimsoll.paths import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from plimsoll.facts.image.layer import Layer
    from plimsoll.facts.image.secrets import Secret

MD5 = "md5"
ALGORITHMS = (MD5, "sha1", "sha256", "sha512")
"""Those of the checksums that the lists give."""

DPKG = re.compile(r"var/lib/dpkg/(?:info|status\.d)/[^/]+\.md5sums")
APK = re.compile(r"(?:usr/)?lib/apk/db/installed")
RECORD = re.compile(r"(?:.*/)?[^/]+\.dist-info/RECORD")

APK_ALGORITHMS = {"Q1": "sha1", "Q2": "sha256"}

NOT_FROM_AN_INDEX = "direct_url.json"
"""What Python's installers write beside the list of a package that they installed from a folder or an address."""

ADDRESSED = re.compile(r"(?:.*/)?_cacache/content-v2/(\w+)/(\w\w)/(\w\w)/(\w+)")
"""A file of npm's cache: the algorithm, and the checksum in three parts."""

RPM = tuple(
    f"{folder}/{name}"
    for folder in ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
    for name in ("rpmdb.sqlite", "Packages.db", "Packages")
)
"""Where rpm keeps its database, in any of its forms."""

FOLDERS = (
    (r"(?:.*/)?node_modules/(?:@[^/]+/)?[^@./][^/]*", ("{0}/package.json",)),
    (
        r"((?:.*/)?go/pkg/mod)/((?:[^/]+/)*[^/]+)@([^/@]+)",
        ("{0}/go.mod", "{1}/cache/download/{2}/@v/{3}.ziphash", "{1}/cache/download/{2}/@v/{3}.info"),
    ),
    (r"(?:.*/)?registry/src/[^/]+/[^/]+", ("{0}/.cargo-ok", "{0}/Cargo.toml")),
    (r"(?:.*/)?\.?cargo/git/checkouts/[^/]+/[^/]+", ("{0}/.cargo-ok",)),
    (r"((?:.*/)?)gems/([^/]+)", ("{1}specifications/{2}.gemspec", "{1}specifications/default/{2}.gemspec")),
    (r"usr/local/go", ("{0}/VERSION",)),
    (r"usr/local/include/node", ("{0}/node_version.h",)),
    (r"usr/(?!local$)[^/]+", RPM),
)
"""Folders that a package manager made, each with the files of which one is there where it did.

`{0}` stands for the folder itself, the other numbers for its parts.
"""

FILES = (
    (r"(usr/(?:local/)?lib/python[\d.]+)/(?!(?:site|dist)-packages/).+", ("{1}/os.py",)),
    (r"((?:.*/)?registry)/cache/([^/]+/[^/]+)\.crate", ("{1}/src/{2}/.cargo-ok", "{1}/src/{2}/Cargo.toml")),
    # The installation of Debian's ssl-cert makes it, for a certificate that nobody trusts.
    (r"etc/ssl/private/ssl-cert-snakeoil\.key", ("var/lib/dpkg/info/ssl-cert.list",)),
)
"""Single files, likewise."""


def is_list(path: str) -> bool:
    """Whether a path is that of a package's list of its files."""
    if path.endswith(".md5sums"):
        return DPKG.fullmatch(path) is not None
    if path.endswith("/installed"):
        return APK.fullmatch(path) is not None
    return path.endswith("/RECORD") and RECORD.fullmatch(path) is not None


def sums(content: bytes) -> tuple[str, ...]:
    """A file's checksums, as they are compared with those in lists."""
    return tuple(f"{name}:{_sum(name, content)}" for name in ALGORITHMS)


def _sum(algorithm: str, content: bytes) -> str:
    return hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()


def is_one_of(content: bytes, totals: Iterable[str]) -> bool:
    """Whether a file's checksum is one of those that lists give for it."""
    return any(
        algorithm in ALGORITHMS and total == _sum(algorithm, content)
        for algorithm, _, total in (each.partition(":") for each in totals)
    )


def is_marked(path: str, here: Collection[str]) -> bool:
    """Whether a file lies in what a package manager made and marked.

    Args:
        path: the file.
        here: everything in its layer.

    """
    marks = (*_marks_of_folder(posixpath.dirname(path)), *_marks(path, FILES))
    return any(mark in here for mark in marks)


@functools.lru_cache(maxsize=1 << 14)
def _marks_of_folder(folder: str) -> tuple[str, ...]:
    """The marks of a folder and of those around it."""
    return (*_marks(folder, FOLDERS), *_marks_of_folder(posixpath.dirname(folder))) if folder else ()


def _marks(path: str, kinds: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    return [
        mark.format(path, *match.groups())
        for pattern, marks in kinds
        if (match := re.fullmatch(pattern, path))
        for mark in marks
    ]


def listed(lists: dict[str, bytes], suspected: Collection[str], here: Collection[str]) -> dict[str, list[str]]:
    """The checksums that a layer's lists give, by path: of what holds a secret, and of what other layers hold.

    Args:
        lists: the content of the lists, by path.
        suspected: the files of the layer that hold a secret.
        here: everything in the layer.

    """
    found: dict[str, list[str]] = {}
    for file, content in lists.items():
        for path, algorithm, total in _rows(file, content.decode(errors="surrogateescape"), here):
            if path in suspected or (path not in here and published.is_published(path)):
                plain = total if algorithm == MD5 else _hexadecimal(total)
                found.setdefault(path, []).append(f"{algorithm}:{plain}")
    return found


def _rows(file: str, text: str, here: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """The rows of a list: a path, the algorithm of its checksum, and that: in base64, or as md5sum writes it."""
    if DPKG.fullmatch(file):
        yield from _of_dpkg(text)
    elif APK.fullmatch(file):
        yield from _of_apk(text)
    elif posixpath.join(posixpath.dirname(file), NOT_FROM_AN_INDEX) not in here:
        yield from _of_python(text, posixpath.dirname(posixpath.dirname(file)))


def _of_dpkg(text: str) -> Iterator[tuple[str, str, str]]:
    for line in text.splitlines():
        total, _, path = line.partition("  ")
        yield clean(path), MD5, total


def _of_apk(text: str) -> Iterator[tuple[str, str, str]]:
    """The rows of apk's database, in which `F:` names a folder, `R:` a file in it, and `Z:` the file's checksum."""
    folder = file = ""
    for line in text.splitlines():
        kind, _, value = line.partition(":")
        if kind == "F":
            folder = value
        elif kind == "R":
            file = value
        elif kind == "Z" and (algorithm := APK_ALGORITHMS.get(value[:2])):
            yield clean(posixpath.join(folder, file)), algorithm, value[2:]


def _of_python(text: str, folder: str) -> Iterator[tuple[str, str, str]]:
    """The rows of a RECORD: a path from where the package is, `sha256=` and its checksum, its size."""
    try:
        for path, hashed, *_ in csv.reader(text.splitlines()):
            algorithm, _, total = hashed.partition("=")
            if total:
                yield clean(posixpath.join(folder, path)), algorithm, total
    except (csv.Error, ValueError):
        # A line that is none of such a list's: what follows it is believed no more.
        return


def _hexadecimal(encoded: str) -> str:
    try:
        return base64.b64decode(encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4)).hex()
    except (binascii.Error, ValueError):
        return ""


def unowned(layers: Iterable[Layer]) -> Iterator[tuple[Layer, Secret]]:
    """The secrets in layers, but for those in a file that a package brought as it is, each with its layer."""
    layers = list(layers)
    for layer in layers:
        for secret in layer.secrets:
            theirs = {total for each in layers for total in each.packaged.get(secret.path, [])}
            if match := ADDRESSED.fullmatch(secret.path):
                theirs.add(f"{match[1]}:{''.join(match.groups()[1:])}")
            if not theirs.intersection(secret.sums):
                yield layer, secret
