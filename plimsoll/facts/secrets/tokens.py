"""The tokens in any bytes: a first look at the words tells which kinds there may be, and only those are sought."""

from __future__ import annotations

import functools
import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.facts.secrets import encoded, examples
from plimsoll.facts.secrets.kinds import KINDS, URL, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.secrets.kinds import Kind

PIECE = 1 << 18
LONGEST = 1 << 12
"""Bytes of a large file that are taken apart at once, and those that two such pieces have in common."""

ASKED = 12
"""Letters behind what a token begins with that the first look asks for."""

NEAR = 80
"""Bytes before a token in which its issuer's name has to stand, where its letters alone do not tell it."""

HIDDEN = "not shown"


class Found(NamedTuple):
    """One secret.

    Attributes:
        what: what it is.
        shown: as much of it as a reader needs to know which it is.

    """

    what: str
    shown: str


class Token:
    """How a kind of token is searched for.

    Attributes:
        kind: the kind.
        begins: what one begins with; empty where that is not the same for all.
        needs: words without one of which there is none.

    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.begins = _begins(kind)
        words = [part for part in kind.parts if not isinstance(part, Run)]
        longest = max(words, key=lambda part: min(map(len, part)))
        self.needs = self.begins or tuple(word.encode() for word in longest)

    @functools.cached_property
    def regex(self) -> re.Pattern[bytes]:
        """The whole of it, which no longer word has in it."""
        first, *_, last = [part for part in self.kind.parts if not isinstance(part, Run) or part.least]
        before, after = (_beside(part) for part in (first, last))
        return re.compile(rb"(?<!%s)%s(?!%s)" % (before, b"".join(map(_expression, self.kind.parts)), after))

    def found(self, content: bytes, *, in_use: bool = False) -> Iterator[Found]:
        """Those in any bytes; where something uses them, also such as look like examples."""
        for match in self._matches(content):
            near = content[max(0, match.start() - NEAR) : match.start()].lower()
            if self.kind.near.encode() in near and examples.is_token(match[0], in_use=in_use):
                begin = next((each.decode() for each in self.begins if match[0].startswith(each)), "")
                yield Found(self.kind.what, f"{begin}…" if begin else HIDDEN)

    def _matches(self, content: bytes) -> Iterator[re.Match[bytes]]:
        if not self.begins:
            yield from self.regex.finditer(content)
        for begin in self.begins:
            at = content.find(begin)
            while at >= 0:
                match = self.regex.match(content, at)
                if match:
                    yield match
                at = content.find(begin, match.end() if match else at + 1)


def _begins(kind: Kind) -> tuple[bytes, ...]:
    words = itertools.takewhile(lambda part: not isinstance(part, Run), kind.parts)
    begins = ["".join(each).encode() for each in itertools.product(*words)]  # type: ignore[arg-type]
    return () if b"" in begins else tuple(begins)


def _letters(letters: str) -> bytes:
    return b"[%s]" % b"".join(re.escape(letter).encode() for letter in letters)


def _expression(part: tuple[str, ...] | Run) -> bytes:
    if isinstance(part, Run):
        return b"%s{%d,%d}" % (_letters(part.letters), part.least, part.longest)
    return b"(?:%s)" % b"|".join(re.escape(word).encode() for word in part)


def _asked(kind: Kind) -> bytes:
    """What the first look asks for behind what one of a kind begins with."""
    asked, left = b"", ASKED
    for part in itertools.dropwhile(lambda part: not isinstance(part, Run), kind.parts):
        if isinstance(part, Run) and part.least >= left:
            return asked + b"%s{%d}" % (_letters(part.letters), left)
        asked += _expression(part)
        left -= part.least if isinstance(part, Run) else min(map(len, part))
        if left <= 0:
            break
    return asked


def _beside(part: tuple[str, ...] | Run) -> bytes:
    """The letters beside which a token's first or last part would be a piece of a longer word."""
    more = set(part.letters) & set("+/=") if isinstance(part, Run) else set()
    return _letters("".join(sorted({*URL, *more})))


@functools.cache
def every() -> tuple[Token, ...]:
    """All that are searched for, made when the first search needs them."""
    return tuple(map(Token, KINDS))


def _least(kind: Kind, letters: str) -> int:
    """How many letters one of a kind has at least, up to the first part that has others than these."""
    found = 0
    for part in kind.parts:
        if not set("".join(part.letters if isinstance(part, Run) else part)) <= set(letters):
            break
        found += part.least if isinstance(part, Run) else min(map(len, part))
    return found


JOINTS = ".~=:%"
"""What else than the letters of base64 stands in tokens."""


class FirstLook:
    """What tells of which of some kinds a token may be in some words.

    Attributes:
        shortest: letters that a word has at least in which there is one.

    """

    def __init__(self, tokens: list[Token], letters: str) -> None:
        self.shortest = min(_least(token.kind, letters) for token in tokens)
        self.beginning = [(begin, token) for token in tokens for begin in token.begins]
        self.others = [token for token in tokens if not token.begins]

    @functools.cached_property
    def place(self) -> re.Pattern[bytes]:
        """Every place behind which a token may begin."""
        tree: dict[bytes, list[bytes]] = {}
        for word, token in self.beginning:
            tree.setdefault(word[:1], []).append(re.escape(word[1:]) + _asked(token.kind))
        ways = [b"%s(?:%s)" % (re.escape(letter), b"|".join(rest)) for letter, rest in sorted(tree.items())]
        ways += [b"".join(map(_expression, token.kind.parts)) for token in self.others]
        return re.compile(rb"[^\w-](?=%s)" % b"|".join(ways))

    def kinds(self, text: bytes) -> set[Token]:
        """The kinds of which one may be in some words, each on a line of its own."""
        kinds: set[Token] = set()
        for match in self.place.finditer(text) if len(text) > self.shortest else ():
            begun = {token for word, token in self.beginning if text.startswith(word, match.end())}
            kinds.update(begun or self.others)
        return kinds


@functools.cache
def _looks() -> tuple[FirstLook, FirstLook]:
    """For the kinds that a word of the letters of base64 tells, and for those that only one with joints does."""
    plain = [token for token in every() if _least(token.kind, encoded.LETTERS) >= encoded.SHORTEST]
    jointed = [token for token in every() if token not in plain]
    return FirstLook(plain, encoded.LETTERS), FirstLook(jointed, encoded.LETTERS + JOINTS)


class Words:
    """The words of some bytes in which a token can be, in base64 or not.

    Attributes:
        content: the bytes.

    """

    def __init__(self, content: bytes) -> None:
        self.content = content

    @functools.cached_property
    def plain(self) -> list[bytes]:
        """Those of the letters of base64."""
        return [word for piece in self._pieces() for word in encoded.words(piece)]

    @functools.cached_property
    def lines(self) -> bytes:
        """The same, each on a line of its own."""
        return b"\n".join([b"", *self.plain])

    @functools.cached_property
    def jointed(self) -> list[bytes]:
        """Those that may have joints, too."""
        return [word for piece in self._pieces() for word in _jointed(piece)]

    def _pieces(self) -> Iterator[bytes]:
        return (self.content[at : at + PIECE + LONGEST] for at in range(0, len(self.content), PIECE))

    @functools.cached_property
    def tokens(self) -> list[Found]:
        """The tokens in them, each once."""
        plain, jointed = _looks()
        kinds = plain.kinds(self.lines) | jointed.kinds(b"\n".join([b"", *self.jointed]))
        if not kinds:
            return []
        return list(dict.fromkeys(each for token in every() if token in kinds for each in token.found(self.content)))


def _jointed(piece: bytes) -> Iterator[bytes]:
    shape = piece.translate(_SHAPE)
    long = b"x" * _looks()[1].shortest
    start = shape.find(long)
    while start >= 0:
        end = shape.find(b" ", start)
        yield piece[start:] if end < 0 else piece[start:end]
        start = -1 if end < 0 else shape.find(long, end)


_SHAPE = bytes(ord("x") if chr(byte) in encoded.LETTERS + JOINTS else ord(" ") for byte in range(256))


def in_text(content: bytes, *, in_use: bool = False) -> Iterator[Found]:
    """The tokens in a few bytes, short words too; where something uses them, also such as look like examples."""
    for token in every():
        if any(word in content for word in token.needs):
            yield from token.found(content, in_use=in_use)
