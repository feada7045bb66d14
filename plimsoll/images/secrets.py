"""Keys, tokens and passwords, found in any bytes: as they are, in gzip, in base64.

A quick search for a few literal bytes says whether a pattern is worth trying; most files hold none of them.
"""

from __future__ import annotations

import binascii
import re
import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from plimsoll.images import encoded, packages, published

if TYPE_CHECKING:
    from collections.abc import Iterator


class Secret(NamedTuple):
    """One secret.

    Attributes:
        path: the file that holds it, empty where it is in no file.
        what: what it is.
        shown: as much of it as a reader needs to know which it is.
        sums: the checksums of a file which, if a package brought it as it is, holds no secret; otherwise empty.

    """

    path: str
    what: str
    shown: str
    sums: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """How one kind of secret looks.

    Attributes:
        what: what it is called.
        begins: the bytes without one of which there is none.
        regex: its first group is the secret.
        random: whether it was drawn at random, so that one which was not is an example.

    """

    what: str
    begins: tuple[bytes, ...]
    regex: re.Pattern[bytes]
    random: bool = True


def _token(what: str, *begins: bytes, rest: bytes) -> Pattern:
    either = b"|".join(map(re.escape, begins))
    return Pattern(what, begins, re.compile(rb"(?<![\w-])((?:%s)%s)(?![\w-])" % (either, rest)))


PRIVATE_KEY = Pattern(
    "a private key",
    (b"PRIVATE KEY",),
    re.compile(rb"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(.{40,16384}?)-----END ", re.DOTALL),
)

TOKENS = (
    _token("an AWS access key", b"AKIA", b"ASIA", rest=rb"[A-Z2-7]{16}"),
    _token("a GitHub token", b"ghp_", b"gho_", b"ghs_", rest=rb"[A-Za-z0-9]{36,}"),
    _token("a GitHub token", b"github_pat_", rest=rb"\w{36,}"),
    _token("a GitLab token", b"glpat-", rest=rb"[\w-]{20,}"),
    _token("a Slack token", b"xox", rest=rb"[abeoprs]-[A-Za-z0-9-]{20,}"),
    _token("an npm token", b"npm_", rest=rb"[A-Za-z0-9]{36}"),
    _token("a PyPI token", b"pypi-AgE", rest=rb"[\w-]{50,}"),
    _token("a Google API key", b"AIza", rest=rb"[\w-]{35}"),
    _token("a Google client secret", b"GOCSPX-", rest=rb"[\w-]{28}"),
    _token("a Docker Hub token", b"dckr_pat_", rest=rb"[\w-]{27,}"),
    _token("a Stripe key", b"sk_live_", rest=rb"[A-Za-z0-9]{24,}"),
    Pattern(
        "an AWS secret key",
        (b"_secret_access_key", b"_SECRET_ACCESS_KEY"),
        re.compile(rb"(?i)aws_secret_access_key[\"']?\s*[=:]\s*[\"']?([a-z0-9/+]{40})(?![a-z0-9/+=])"),
    ),
)

TOKEN_BEGINS = tuple(begin for pattern in TOKENS for begin in pattern.begins)
"""Each stands in a word that is long enough to be looked at: of `encoded.SHORTEST` letters."""

LOGIN_IN_ADDRESS = Pattern(
    "a password in an address",
    (b"://",),
    re.compile(rb"[a-z][a-z0-9+.-]*://[^\s:/@'\"]*:([^\s:/@'\"]{3,})@[\w.-]"),
    random=False,
)
HEADER = Pattern(
    "a login in a header",
    (b"uthorization",),
    re.compile(rb"(?i)authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+([\w.~+/=-]{16,})"),
    random=False,
)
OPTION = Pattern(
    "a password in a command",
    (b"--password", b"--passwd", b"--token", b"--secret"),
    re.compile(rb"--(?:password|passwd|token|secret)(?:=|\s+)[\"']?([^\s\"'-][^\s\"']{3,})"),
    random=False,
)

HIDDEN = "not shown"

KEPT_LOGINS = (
    (re.compile(r"(^|/)[._]netrc$"), re.compile(rb"\bpassword\s+(\S{3,})")),
    (re.compile(r"(^|/)\.npmrc$"), re.compile(rb"_(?:authToken|auth|password)\s*=\s*[\"']?([^\s\"']{8,})")),
    (re.compile(r"(^|/)\.pypirc$"), re.compile(rb"(?m)^\s*password\s*[=:]\s*(\S{3,})")),
    (re.compile(r"(^|/)\.(docker/config\.json|dockercfg)$"), re.compile(rb"\"auth\"\s*:\s*\"([\w+/=-]{8,})\"")),
    (re.compile(r"(^|/)\.pgpass$"), re.compile(rb"(?m)^[^#\n:]+:[^\n:]*:[^\n:]*:[^\n:]*:(\S{3,})")),
    (re.compile(r"(^|/)(\.git-credentials|\.git/config|\.gitconfig|pip\.conf)$"), LOGIN_IN_ADDRESS.regex),
    (re.compile(r"^etc/apt/auth\.conf(\.d/[^/]+)?$"), re.compile(rb"\bpassword\s+(\S{3,})")),
)
"""Files in which programs keep a login, and what the password in them looks like."""

PACKED = (b"PK", b"BZh", b"\xfd7zX", b"\x28\xb5\x2f\xfd", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"wOF", b"!<ar")
"""How files begin whose bytes look like anything: archives, pictures, fonts."""

GZIP = b"\x1f\x8b"

LARGEST_PACKED = 1 << 24
"""Bytes of a packed file that are looked at."""

LARGEST_ENCODED = 1 << 18
"""Bytes of a file that is searched for base64, too: what holds a login is small."""

PIECE = LARGEST_ENCODED
LONGEST_TOKEN = 1 << 12
"""Bytes of a large file that are taken apart at once, and those that two such pieces have in common."""

HEXADECIMAL = re.compile(rb"(?:[0-9a-fA-F]{2}){16,}")

EXAMPLE = re.compile(
    rb"(?i)example|placeholder|change.?me|dummy|redacted|insert|replace|your|x{5}|\*{3}|0{6}|\.\.\.|[${}<>]"
)
"""What examples have and secrets have not."""

NO_PASSWORD = re.compile(rb"(?i)password|passwd|secret|token|pass|none|null|true|false")


def in_file(path: str, content: bytes) -> list[Secret]:
    """The secrets in a file of a layer, also those that are none if it turns out to be a package's.

    Args:
        path: from the image's root.
        content: all of it, or a part of a large one.

    """
    if content.startswith(PACKED):
        return []
    runs = _runs(content)
    tokens = _tokens(content, runs)
    others = [*_keys(content), *_kept_logins(path, content), *_wrapped(content, runs)]
    if not tokens and not others:
        return []
    sums = packages.sums(content) if published.is_published(path) else ()
    found = {each: Secret(path, *each, sums if published.is_example(path) else ()) for each in tokens}
    return list({**{each: Secret(path, *each, sums) for each in others}, **found}.values())


def in_package(path: str, content: bytes) -> list[Secret]:
    """The secrets in a file that a package brought: tokens, unless it documents or tests the software.

    A key that is published with software is no secret: Go's own packages hold some.
    """
    if content.startswith(PACKED) or published.is_example(path):
        return []
    return [Secret(path, *each) for each in _tokens(content, _runs(content))]


def is_suspect(content: bytes) -> bool:
    """Whether a file may hold a key or a token as it is."""
    return any(begin in content for begin in PRIVATE_KEY.begins) or bool(_tokens(content, _runs(content)))


def _runs(content: bytes) -> list[bytes]:
    """The words of a file in which a token can be, in base64 or not."""
    pieces = (content[at : at + PIECE + LONGEST_TOKEN] for at in range(0, len(content), PIECE))
    return [run for piece in pieces for run in encoded.runs(piece)]


def _tokens(content: bytes, runs: list[bytes]) -> list[tuple[str, str]]:
    """The tokens in a file, each once."""
    words = b"\n".join(runs)
    if not any(begin in words for begin in TOKEN_BEGINS):
        return []
    return [*dict.fromkeys(_plain(content, TOKENS))]


def in_text(text: str) -> list[Secret]:
    """The secrets in a line of the history, a label or a variable: raw, in base64, in hexadecimal, in an address."""
    content = text.encode(errors="surrogateescape")
    found: dict[tuple[str, str], None] = {}
    every = (*TOKENS, LOGIN_IN_ADDRESS, HEADER, OPTION)
    for part in dict.fromkeys((content, unquote(text).encode(errors="replace"), *_decoded(content))):
        found.update(dict.fromkeys((*_plain(part, every), *_keys(part))))
    return [Secret("", what, shown) for what, shown in found]


def _plain(content: bytes, patterns: tuple[Pattern, ...]) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        for begin in pattern.begins:
            if begin not in content:
                continue
            for match in pattern.regex.finditer(content):
                if is_real(match[1], random=pattern.random):
                    yield pattern.what, f"{begin.decode()}…" if match[1].startswith(begin) else HIDDEN
            break


def _keys(content: bytes) -> Iterator[tuple[str, str]]:
    if PRIVATE_KEY.begins[0] in content:
        for match in PRIVATE_KEY.regex.finditer(content):
            lines = re.split(rb"\\[nr]|[\r\n]", match[1])
            body = b"".join(line for line in lines if b": " not in line)
            body = re.sub(rb"[\s\"'`,;\\]", b"", body)
            if re.fullmatch(rb"[A-Za-z0-9+/=]{60,}", body) and is_real(body, random=True):
                yield PRIVATE_KEY.what, match[0].partition(b"-----")[2].partition(b"-----")[0].decode()


def _kept_logins(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    for file, password in KEPT_LOGINS:
        if file.search(path):
            for match in password.finditer(content):
                if is_real(match[1], random=False):
                    yield "a kept login", HIDDEN


def _wrapped(content: bytes, runs: list[bytes]) -> Iterator[tuple[str, str]]:
    """The secrets in what is packed or encoded."""
    if content.startswith(GZIP):
        try:
            inside = zlib.decompressobj(wbits=31).decompress(content, LARGEST_PACKED)
        except zlib.error:
            return
    elif len(content) <= LARGEST_ENCODED and encoded.may_hold(runs, (*TOKEN_BEGINS, *PRIVATE_KEY.begins)):
        inside = b"\n".join(encoded.decoded(runs))
    else:
        return
    yield from _plain(inside, TOKENS)
    yield from _keys(inside)


def _decoded(content: bytes) -> Iterator[bytes]:
    yield from encoded.decoded(encoded.runs(content))
    for match in HEXADECIMAL.finditer(content):
        yield binascii.unhexlify(match[0])


def is_real(secret: bytes, *, random: bool) -> bool:
    """Whether it is no example: nothing says so in it, and what was drawn at random is varied and in no order."""
    if EXAMPLE.search(secret):
        return False
    if not random:
        return not NO_PASSWORD.fullmatch(secret)
    steps = [after - before for before, after in pairwise(secret)]
    in_order = sum(1 for step in steps if step in (0, 1, -1))
    return len(set(secret)) >= min(10, len(secret) // 2) and in_order <= len(steps) // 2
