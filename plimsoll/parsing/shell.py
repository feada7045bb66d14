"""Shell scripts, read as far as rules need it: which commands there are, and what is piped into what.

No shell: nothing is expanded, and what a script computes stays unknown. Every text is read in one pass, in time that
grows with its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

PIECE = re.compile(
    r""" "(?P<double>(?:[^"\\]|\\.)*)" | '(?P<single>[^']*)' | \\(?P<escaped>.)
    | (?P<space>\s+) | (?P<plain>[^\s"'\\]+) | (?P<other>.) """,
    re.VERBOSE | re.DOTALL,
)
TOKEN = re.compile(
    r""" (?P<quoted>"(?:[^"\\]|\\.)*" | '[^']*' | \\. | \$\{[^{}\n]*\})
    | (?P<comment>(?:^|(?<=\s))\#[^\n]*)
    | (?P<inner>\$\(|`)
    | (?P<redirect>\d*(?:&>>?|>&|<&|>>|>\||<<<|<<-?|<>|[<>]))
    | (?P<operator>\|\||&&|;;|\|&|[;\n()|&])
    | (?P<space>[ \t\r\f\v]+)
    | (?P<plain>[^\s"'\\$`<>;&|()\d\#]+ | \d+ | .) """,
    re.VERBOSE | re.DOTALL,
)
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
BEFORE_A_COMMAND = {"!", "{", "command", "do", "elif", "else", "env", "eval", "exec", "if", "nice", "sudo", "then"}
BEFORE_A_COMMAND |= {"time", "until", "while"}
SHELLS = {
    *("ash", "bash", "bash-static", "csh", "dash", "elvish", "fish", "hush", "ksh", "ksh93", "lksh", "loksh", "mksh"),
    *("nu", "oksh", "osh", "posh", "pwsh", "rbash", "sash", "sh", "tcsh", "xonsh", "yash", "zsh", "zsh-static"),
}
"""The names of all shells; busybox and toybox, which are shells among other things, are in `tools.MANY_IN_ONE`."""

MANY = 100
"""Heredocs that a line may announce: each is looked for."""

POSIX = SHELLS - {"csh", "elvish", "fish", "nu", "pwsh", "tcsh", "xonsh"}
"""Those that read what is read here."""


@dataclass(frozen=True)
class Command:
    """One simple command.

    Attributes:
        words: its name and arguments, without quotes and without what stands before a command (`sudo`, `A=b`).
        outputs: the files that its output goes to.

    """

    words: tuple[str, ...]
    outputs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The program, without its folder."""
        return PurePosixPath(self.words[0]).name

    @property
    def options(self) -> list[str]:
        """Its words that begin with a hyphen."""
        return [word for word in self.words[1:] if word.startswith("-")]

    @property
    def operands(self) -> list[str]:
        """Its other words."""
        return [word for word in self.words[1:] if not word.startswith("-")]

    def __str__(self) -> str:
        """As it was written, but for quotes; the beginning of a long one."""
        text = " ".join(self.words)
        return text if len(text) <= 60 else f"{text[:57]}..."


Pipeline = list[Command]
"""Commands of which each reads what the one before it writes."""


def words(text: str) -> list[str]:
    """The words of a line, without their quotes; a quote that is never closed is a letter."""
    found: list[str] = []
    word: list[str] = []
    for match in PIECE.finditer(f"{text} "):
        kind = match.lastgroup or "other"
        if kind != "space":
            word.append(match[kind])
        elif word:
            found.append("".join(word))
            word = []
    return found


def unquoted(word: str) -> str:
    """A word without its quotes, the spaces that they keep together included."""
    return "".join(match[match.lastgroup or "other"] for match in PIECE.finditer(word))


@dataclass
class _Level:
    """What is being read between two brackets: a pipeline, its last command, that command's last word.

    Heredocs begin after the line, wherever in it they were announced: all brackets share them.
    """

    heredocs: list[tuple[str, str]]
    pipeline: Pipeline = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    word: list[str] | None = None
    redirect: str = ""

    def end_word(self) -> None:
        if self.word is None:
            return
        word = unquoted("".join(self.word))
        if not self.redirect:
            self.words.append(word)
        elif ">" in self.redirect:
            self.outputs.append(word)
        elif self.redirect in {"<<", "<<-"}:
            self.heredocs.append((self.redirect, word))
        self.word, self.redirect = None, ""

    def end_command(self) -> None:
        self.end_word()
        given = self.words
        while given and (given[0] in BEFORE_A_COMMAND or ASSIGNMENT.match(given[0])):
            wrapper, given = given[0], given[1:]
            while wrapper in {"env", "nice", "sudo"} and given and given[0].startswith("-"):
                given = given[1:]
        if given and given[0]:
            self.pipeline.append(Command(tuple(given), tuple(self.outputs)))
        self.words, self.outputs = [], []


def pipelines(script: str) -> list[Pipeline]:
    """The pipelines of a script, those inside `$(...)` and of `sh -c '...'` too."""
    found: list[Pipeline] = []
    heredocs: list[tuple[str, str]] = []
    levels = [_Level(heredocs)]
    brackets: list[str] = []

    def end_pipeline() -> None:
        if levels[-1].pipeline:
            found.append(levels[-1].pipeline)
            levels[-1].pipeline = []

    def close() -> None:
        levels[-1].end_command()
        end_pipeline()
        if brackets:
            brackets.pop()
            levels.pop()

    position = 0
    while (match := TOKEN.match(script, position)) is not None:
        position = match.end()
        kind, text, level = match.lastgroup, match[0], levels[-1]
        if kind in {"quoted", "plain"}:
            level.word = level.word or []
            level.word.append(text)
        elif kind in {"space", "comment"}:
            level.end_word()
        elif kind == "redirect":
            level.end_word()
            level.redirect = text
        elif text == "`" and brackets and brackets[-1] == "`":
            close()
        elif kind == "inner" or text == "(":
            level.word = level.word or []
            brackets.append(text)
            levels.append(_Level(heredocs))
        elif text == ")":
            close()
        else:
            level.end_command()
            if text not in {"|", "|&"}:
                end_pipeline()
            if text == "\n":
                position = _past(script, position, heredocs)
    while brackets:
        close()
    close()
    nested = [inner for pipeline in found for command in pipeline for inner in inside(command)]
    return found + nested


def _past(script: str, position: int, heredocs: list[tuple[str, str]]) -> int:
    """Where a script goes on after the heredocs that a line announced; one that never ends was none, but a shift."""
    for mark, name in heredocs[:MANY]:
        tabs = r"\t*" if mark == "<<-" else ""
        match = re.compile(rf"^{tabs}{re.escape(name)}\r?$\n?", re.MULTILINE).search(script, position)
        position = match.end() if match else position
    heredocs.clear()
    return position


def is_shell(command: tuple[str, ...]) -> bool:
    """Whether a program with its arguments, such as SHELL is given, reads the language of shells: `conda run sh -c`."""
    return any(PurePosixPath(word).name in POSIX for word in command)


def is_script(text: str) -> bool:
    """Whether a text is a script for a shell: its first line names one, or nothing else."""
    if not text.startswith("#!"):
        return True
    named = [PurePosixPath(word).name for word in text[2:].partition("\n")[0].split() if not word.startswith("-")]
    return not SHELLS.isdisjoint(named[:2])


def inside(command: Command) -> list[Pipeline]:
    """What `sh -c '...'` runs."""
    if command.name not in SHELLS:
        return []
    for index, word in enumerate(command.words[:-1]):
        if re.fullmatch(r"-[a-z]*c", word):
            return pipelines(command.words[index + 1])
    return []
