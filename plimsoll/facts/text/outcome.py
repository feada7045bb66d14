"""What the exit code of a shell's line can be, read without running it: whether it can pass, and whether it can fail.

Loops, functions and whatever else is not read here can do either.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from plimsoll.parsing import shell

Outcome = frozenset[bool]
"""Whether it can pass, whether it can fail."""

NEITHER: Outcome = frozenset()
PASSES: Outcome = frozenset({True})
FAILS: Outcome = frozenset({False})
EITHER: Outcome = PASSES | FAILS

SUCCEED = {":", "date", "echo", "printf", "pwd", "sleep", "true"}
FILTERS = {
    *("base64", "cat", "column", "cut", "fold", "head", "less", "more", "nl", "od", "rev", "sed", "sort", "tac"),
    *("tail", "tee", "tr", "uniq", "wc", "xxd"),
}
"""What ends well whatever it reads, nothing included."""

MATCHERS = {"egrep", "fgrep", "grep", "rg", "zgrep"}
CLIENTS = {
    *("curl", "http", "https", "mongosh", "mysqladmin", "nc", "ncat", "netcat", "pg_isready", "redis-cli", "telnet"),
    *("wget", "xh"),
}
"""What fails, and prints nothing, where the server that it asks is away."""

UNREAD = {"case", "coproc", "eval", "for", "function", "select", "source", "trap", "until", "while", "."}
"""The words after which more is meant than is read here."""

DEVICES = ("/dev/tcp/", "/dev/udp/")
"""What bash takes for an address, and other shells for a file that is not there."""

BEFORE = {"command", "env", "exec", "nice", "sudo", "time"}
STOPS_AT_ERRORS = re.compile(r"(?:^|\s)-[a-zA-Z]*e(?:\s|$)|\berrexit\b")


class _UnreadError(Exception):
    """It is written in a way that is not read here."""


@dataclass(frozen=True)
class _Part:
    """A command as far as what comes of it: how it ends, with what the whole may end there, whether it asks a server.

    Attributes:
        result: what it can do, where the line goes on.
        exits: with what the line may end here.
        words: of a simple command.
        asks: whether it is a client, so that nothing comes of it where the server is away.

    """

    result: Outcome
    exits: Outcome = NEITHER
    words: tuple[str, ...] = ()
    asks: bool = False

    @property
    def whole(self) -> Outcome:
        """How it ends, whichever way."""
        return self.result | self.exits


def of(script: str, interpreter: str = "", options: str = "", *, away: bool = False) -> Outcome:
    """What the exit code of a script can be.

    Args:
        script: the line.
        interpreter: the shell that reads it: `dash`, `bash`, `busybox`; empty where that can't be told.
        options: that the shell is given.
        away: whether the server that it asks is known not to be there.

    """
    try:
        reader = _Reader(script, options, posix=interpreter == "dash", away=away)
        whole = reader.sequence().whole
    except (_UnreadError, IndexError, RecursionError):
        return EITHER
    return EITHER if reader.peek() else whole


class _Reader:
    """Reads a script from its first token to its last."""

    def __init__(self, script: str, options: str, *, posix: bool, away: bool) -> None:
        self._posix, self._away, self._pipefail = posix, away, "pipefail" in options
        if STOPS_AT_ERRORS.search(options):
            raise _UnreadError
        # For a shell that knows what POSIX knows, `a &> b` is `a &`, and then `> b`.
        text = re.sub(r"&(>>?)(?!&)", r"& \1", script) if posix else script
        found = [(match.lastgroup or "", match[0]) for match in shell.TOKEN.finditer(text)]
        self._tokens = [each for each in found if each[0] != "comment"][::-1]

    def peek(self) -> str:
        """The next token that is not space; empty at the end."""
        while self._tokens and self._tokens[-1][0] == "space":
            self._tokens.pop()
        return self._tokens[-1][1] if self._tokens else ""

    def _take(self, *expected: str) -> None:
        if self.peek() not in expected:
            raise _UnreadError
        self._tokens.pop()

    def sequence(self, *ends: str) -> _Part:
        """Commands up to a word that ends them."""
        last = _Part(PASSES)
        while (word := self.peek()) and word not in ends:
            if word in {";", "\n", "&"}:
                self._tokens.pop()
                if word == "&":
                    last = _Part(PASSES, last.exits)
                continue
            following = self._and_or()
            # What always exits is the end: nothing after it is reached.
            result = following.result if last.result else NEITHER
            last = _Part(result, last.exits | (following.exits if last.result else NEITHER), asks=following.asks)
        return last

    def _and_or(self) -> _Part:
        left = self._pipeline()
        while (operator := self.peek()) in {"||", "&&"}:
            self._tokens.pop()
            while self.peek() == "\n":
                self._tokens.pop()
            right = self._pipeline()
            goes_on = operator == "&&"
            if goes_on in left.result:
                left = _Part((left.result - {goes_on}) | right.result, left.exits | right.exits)
        return left

    def _pipeline(self) -> _Part:
        negated = False
        while self.peek() == "!":
            self._tokens.pop()
            negated = not negated
        parts = [self._command()]
        while (operator := self.peek()) in {"|", "|&"}:
            if operator == "|&" and self._posix:
                raise _UnreadError
            self._tokens.pop()
            parts.append(self._command())
        last = parts[-1]
        if len(parts) > 1:
            last = _Part(self._piped(parts), asks=any(part.asks for part in parts))
        return _Part(frozenset(not each for each in last.result), last.exits, asks=last.asks) if negated else last

    def _piped(self, parts: list[_Part]) -> Outcome:
        """What the last part of a pipe can do, whose `exit` ends nothing but itself."""
        *before, last = parts
        result = last.whole
        name = posixpath.basename(last.words[0]) if last.words else ""
        if name in FILTERS or (name == "jq" and not {"-e", "--exit-status"}.intersection(last.words)):
            result = PASSES
        elif self._away and any(part.asks for part in before):
            # Nothing comes through the pipe.
            result = FAILS if name in MATCHERS | {"jq"} else result
        if self._pipefail:
            failing = [part.whole for part in before if False in part.whole]
            result = FAILS if FAILS in failing else result | (FAILS if failing else NEITHER)
        return result

    def _command(self) -> _Part:
        word = self.peek()
        if word in UNREAD:
            raise _UnreadError
        if word in {"(", "{"}:
            self._tokens.pop()
            end = {"(": ")", "{": "}"}[word]
            inner = self.sequence(end)
            self._take(end)
            self._words()
            return inner if word == "{" else _Part(inner.whole, asks=inner.asks)
        return self._choice() if word == "if" else self._simple()

    def _choice(self) -> _Part:
        """An `if`, or what follows its `elif`."""
        self._take("if", "elif")
        condition = self.sequence("then")
        self._take("then")
        met = self.sequence("elif", "else", "fi")
        if self.peek() == "elif":
            unmet = self._choice()
        else:
            unmet = _Part(PASSES)
            if self.peek() == "else":
                self._take("else")
                unmet = self.sequence("fi")
            self._take("fi")
        reached = [each for given, each in ((True, met), (False, unmet)) if given in condition.result]
        result = frozenset[bool]().union(*(each.result for each in reached))
        return _Part(result, condition.exits.union(*(each.exits for each in reached)))

    def _words(self) -> tuple[list[str], bool, bool]:
        """The words up to the next operator, whether a client's output is one of them, and whether any dials."""
        words: list[str] = []
        word: list[str] = []
        redirected = asks = dials = False
        while self._tokens and self._tokens[-1][0] != "operator":
            kind, text = self._tokens.pop()
            if kind == "inner":
                inner = self.sequence(")" if text != "`" else "`")
                self._take(")" if text != "`" else "`")
                asks = asks or inner.asks
                word.append("$()")
            elif kind == "quoted" and "$(" in text:
                # One command, and nothing beside it: all that people compare.
                asks = asks or any(f"{each} " in text for each in CLIENTS)
                word.append("$()")
            elif kind in {"quoted", "plain"}:
                word.append(text)
            if word and (kind in {"space", "redirect"} or not self._tokens or self._tokens[-1][0] == "operator"):
                given = shell.unquoted("".join(word))
                dials = dials or (redirected and given.startswith(DEVICES))
                words += [] if redirected else [given]
                word, redirected = [], False
            if kind == "redirect":
                if text == "<<<" and self._posix:
                    raise _UnreadError
                redirected = True
        return words, asks, dials

    def _simple(self) -> _Part:
        if not self._tokens or self.peek() in {"fi", "then", "else", "elif", "do", "done", "}", ")"}:
            raise _UnreadError
        words, asks, dials = self._words()
        while words and (shell.ASSIGNMENT.match(words[0]) or words[0] in BEFORE):
            words = words[1:]
        if words[:1] == ["timeout"]:
            words = [word for word in words[1:] if not word.startswith("-")][1:]
        name = posixpath.basename(words[0]) if words else ""
        if name in UNREAD:
            raise _UnreadError
        if (dials or name == "[[") and self._posix:
            return _Part(FAILS, words=tuple(words))
        if name in CLIENTS or dials:
            return _Part(FAILS if self._away else EITHER, words=tuple(words), asks=True)
        if name == "exit":
            code = words[1] if len(words) > 1 else ""
            return _Part(NEITHER, EITHER if not code.isdecimal() else frozenset({int(code) % 256 == 0}))
        if name == "set":
            self._set(words[1:])
        if name in shell.SHELLS:
            return self._nested(words)
        return _Part(self._result(name, words, asks=asks), words=tuple(words), asks=asks and name in {"", *SUCCEED})

    def _set(self, words: list[str]) -> None:
        if STOPS_AT_ERRORS.search(" ".join(words)):
            raise _UnreadError
        self._pipefail = self._pipefail or "pipefail" in words

    def _nested(self, words: list[str]) -> _Part:
        """What `sh -c` runs, which is read by a shell that is not known better than this one."""
        options = [word for word in words[1:] if re.fullmatch(r"-[a-z]*c", word)]
        rest = words[words.index(options[0]) + 1 :] if options else []
        if not rest:
            return _Part(EITHER)
        inner = _Reader(rest[0], "", posix=self._posix and words[0].endswith("sh"), away=self._away)
        return _Part(inner.sequence().whole)

    def _result(self, name: str, words: list[str], *, asks: bool) -> Outcome:
        if name in {*SUCCEED, "", "set", "export", "cd"}:
            return FAILS if asks and not name and self._away else PASSES
        if name == "false":
            return FAILS
        if name in {"[", "test", "[["} and asks and self._away:
            return self._compared([word for word in words[1:] if word not in {"]", "]]"}])
        return EITHER

    @staticmethod
    def _compared(words: list[str]) -> Outcome:
        """What comes of comparing the words of a client that says nothing, or `000` for a status."""
        match words:
            case ["-z", "$()"] | ["$()", "!=", _]:
                return EITHER if words[-1] in {"", "000", "0"} else PASSES
            case ["-n", "$()"] | ["$()", "=" | "==", _]:
                return EITHER if words[-1] in {"", "000", "0"} else FAILS
        return EITHER
