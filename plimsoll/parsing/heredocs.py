"""Which heredocs a line of a Dockerfile announces, word by word as BuildKit's lexer takes it.

The grammar is nowhere written down: what a quote, a backslash, a variable or a space before the name mean is what that
lexer makes of them. tests/library/test_dockerfile_oracle.py holds the two against each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ANNOUNCED = re.compile(r"\d*<<(-?)[\t\n\f\r ]*([^<]*)")
QUOTES = "'\""
SPECIAL = "@*#?-$!0"
DEEPEST = 100
"""Variables in the defaults of variables; no person writes more, and each costs a frame of the stack."""


class _UnendedError(Exception):
    """A quote or a brace that is never closed: nothing on such a line is a heredoc."""


@dataclass(frozen=True)
class Heredoc:
    """A heredoc as a line announces it.

    Attributes:
        name: the word that ends it, which is also the name of the file that COPY makes of it.
        tabs: whether tabs before its lines do not count (`<<-`).
        expands: whether variables in it stand for their values: no part of its name is quoted.

    """

    name: str
    tabs: bool = False
    expands: bool = True


def announced(line: str) -> list[Heredoc]:
    """The heredocs that a line announces, in order."""
    if "<<" not in line:
        return []
    try:
        words = _Lexer(line, raw=True).words()
    except _UnendedError:
        return []
    return [found for word in words if (found := heredoc(word)) is not None]


def heredoc(word: str) -> Heredoc | None:
    """The heredoc that a word is, None for any other word."""
    match = ANNOUNCED.fullmatch(word)
    if match is None or not match[2]:
        return None
    try:
        names, quoted = (_Lexer(match[2], raw=False, quotes=quotes).words() for quotes in (False, True))
    except _UnendedError:
        return None
    if len(names) != 1 or len(quoted) != 1:
        return None
    return Heredoc(names[0], tabs=bool(match[1]), expands=_quotes(names[0]) == _quotes(quoted[0]))


def _quotes(word: str) -> int:
    return sum(word.count(quote) for quote in QUOTES)


class _Lexer:
    """A line as words; no variable has a value.

    Args:
        text: the line.
        raw: whether backslashes stay.
        quotes: whether quotes stay; as `raw` without.

    """

    def __init__(self, text: str, *, raw: bool, quotes: bool | None = None) -> None:
        self.text = text
        self.raw = raw
        self.quotes = raw if quotes is None else quotes
        self.position = 0
        self.word: list[str] = []

    def words(self) -> list[str]:
        """Its words."""
        return self._until("", raw=self.raw)[1]

    def _next(self) -> str:
        self.position += 1
        return self.text[self.position - 1 : self.position]

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _until(self, stop: str, *, raw: bool, depth: int = 0) -> tuple[str, list[str]]:
        """The text up to a letter, and its words; a word that was begun before is lost, as it is in BuildKit."""
        self.word = []
        words: list[str] = []
        taken: list[str] = []
        while (letter := self._next()) and letter != stop:
            if letter == "$":
                part = self._variable(depth)
                for each in re.split(r"(\s)", part):
                    self._add(each, words)
            else:
                part = self._part(letter, depth, raw=raw)
                if letter.isspace():
                    self._add(letter, words)
                else:
                    self.word.append(part)
            taken.append(part)
        if stop and not letter:
            raise _UnendedError
        last, self.word = "".join(self.word), []
        return "".join(taken), [*words, last] if last else words

    def _add(self, part: str, words: list[str]) -> None:
        if not part.isspace():
            self.word.append(part)
        elif any(self.word):
            words.append("".join(self.word))
            self.word = []

    def _part(self, letter: str, depth: int, *, raw: bool) -> str:
        """What a letter begins that is no variable: a quoted text, an escaped letter, the mark of a heredoc."""
        if letter in QUOTES:
            inside = self._quoted(letter, depth, raw=raw)
            return f"{letter}{inside}{letter}" if self.quotes else inside
        if letter == "\\":
            return (letter if raw else "") + self._next()
        if letter == "<" and self._peek() == "<":
            begun = self.position - 1
            self.position += 1
            while self._peek() and self._peek() in "\t\r ":
                self.position += 1
            return self.text[begun : self.position]
        return letter

    def _quoted(self, quote: str, depth: int, *, raw: bool) -> str:
        taken: list[str] = []
        while (letter := self._next()) != quote:
            if not letter:
                raise _UnendedError
            if quote == '"' and letter == "$":
                taken.append(self._variable(depth))
            elif quote == '"' and letter == "\\" and self._peek() in {'"', "$", "\\", ""}:
                taken.append((letter if raw else "") + self._next())
            elif quote == "'" or letter != "\\" or not raw or self.quotes:
                taken.append(letter)
            else:
                taken.append(letter * 2)
        return "".join(taken)

    def _variable(self, depth: int) -> str:
        """A variable after its `$`, as it is written: none has a value."""
        if self._peek() != "{":
            return f"${self._name()}"
        self.position += 1
        if depth == DEEPEST or self._peek() in {"", "{", "}", ":"}:
            raise _UnendedError
        name, mark = self._name(), self._next()
        if mark == "}":
            return f"${{{name}}}"
        if mark == ":":
            mark += self._next()
        if mark == "/":
            mark += self._next() if self._peek() == "/" else ""
            pattern, _ = self._until("/", raw=True, depth=depth + 1)
            replacement, _ = self._until("}", raw=True, depth=depth + 1)
            return f"${{{name}/{pattern}/{replacement}}}"
        if mark not in {"+", "-", "?", "#", "%", ":+", ":-", ":?"}:
            raise _UnendedError
        word, _ = self._until("}", raw=mark in {"#", "%"}, depth=depth + 1)
        return f"${{{name}{mark}{word}}}"

    def _name(self) -> str:
        begun = self.position
        if (first := self._peek()) and first in SPECIAL and not first.isdigit():
            self.position += 1
        elif first.isdigit():
            while self._peek().isdigit():
                self.position += 1
        else:
            while self._peek().isalnum() or self._peek() == "_":
                self.position += 1
        return self.text[begun : self.position]
