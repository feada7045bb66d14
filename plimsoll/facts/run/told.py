"""Who is told to stop, and who is not: a signal goes to process 1, and how it goes on from there is up to that."""

from __future__ import annotations

import posixpath
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll.parsing import shell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plimsoll.facts.run.outside import Process

PASSES_ON = {"catatonit", "docker-init", "dumb-init", "npm", "pnpm", "tini", "tini-static", "yarn"}
"""What passes a signal on to the process that it has started, and ends with that."""

DUMPS = {signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGQUIT, signal.SIGSEGV, signal.SIGTRAP}
"""What ends a program with a dump: it ends well only where that handles the signal."""


@dataclass(frozen=True)
class Told:
    """How a signal goes through a container's processes.

    Attributes:
        first: its process 1, as it was started.
        handled: whether process 1 handles the signal, without which the kernel keeps it from it.
        kept: the shell that does not pass it on, empty where none is in the way.
        untold: the process that listens, which so is told nothing.

    """

    first: str = ""
    handled: bool = True
    kept: str = ""
    untold: str = ""


def number(name: str) -> int:
    """A signal's number, by any name that the engine takes: `SIGTERM`, `TERM`, `15`, `SIGRTMIN+3`; 0 for any other."""
    word = name.upper().removeprefix("SIG")
    if word.isdecimal():
        return int(word)
    base, _, more = word.partition("+")
    known = signal.Signals.__members__.get(f"SIG{base}")
    return int(known) + int(more or 0) if known and (more or "0").isdecimal() else 0


def full_name(name: str) -> str:
    """A signal's name with its SIG; SIGTERM for none."""
    word = name.upper().removeprefix("SIG")
    if word.isdecimal():
        named = next((each.name for each in signal.Signals if each == int(word)), "")
        return named or f"signal {word}"
    return f"SIG{word}" if word else "SIGTERM"


def good_ends(name: str) -> set[int]:
    """The exit codes of a program that ends in good order on a signal: some say by 128 and more what ended them."""
    told = number(name)
    return {0} if told in DUMPS or told == signal.SIGKILL else {0, 128 + told}


def of(processes: Sequence[Process], first: int, name: str) -> Told:
    """How a signal goes on, from what each process is and handles.

    Args:
        processes: those of the container.
        first: the number of its process 1.
        name: the signal.

    """
    known = {each.pid: each for each in processes}
    if first not in known:
        return Told()
    begin = known[first]
    told = Told(begin.line, begin.handles(number(name)))
    way = _way(known, first)
    if not way:
        return told
    # An init that has more to do than to pass on, such as s6 or supervisord, tells all that it has started.
    shells = [each for each in way[:-1] if _is_shell(each) and not each.handles(number(name))]
    passed_on = way[: way.index(shells[0])] if shells else []
    if not shells or any(each.program not in PASSES_ON for each in passed_on):
        return told
    return Told(told.first, told.handled, shells[0].line, way[-1].line)


def _way(known: dict[int, Process], first: int) -> list[Process]:
    """The processes from the first to the nearest one that listens; empty where none does."""
    ways = [[known[first]]]
    while ways:
        for way in ways:
            if way[-1].listens:
                return way
        ways = [
            [*way, each] for way in ways for each in known.values() if each.parent == way[-1].pid and each not in way
        ]
    return []


def _is_shell(process: Process) -> bool:
    return posixpath.basename(process.words[0]).lstrip("-") in shell.SHELLS if process.words else False
