"""Where results go: `--output FORMAT=FILE`, as often as wanted, and one format on standard output."""

from __future__ import annotations

import difflib
import io
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import whole
from plimsoll.commands.options import FORMATS
from plimsoll.errors import PlimsollError
from plimsoll.say import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STANDARD = "-"
"""What standard output is called where a file is named."""


@dataclass(frozen=True)
class Outputs:
    """Where results go.

    Attributes:
        shown: the format of standard output.
        files: the format of each file, by its path with links followed.

    """

    shown: str
    files: dict[Path, str]


def of(wanted: Iterable[str]) -> Outputs:
    """Where results go; whatever is known to be in the way is told before anything is judged.

    Args:
        wanted: each as `FORMAT=FILE`; without a file, or with `-` for it, standard output, which gets text else.

    Raises:
        PlimsollError: there is no such format, two go to one place, or a file can't be written.

    """
    shown, files = "", dict[Path, str]()
    for each in wanted:
        name, equals, file = each.partition("=")
        if name not in FORMATS:
            raise PlimsollError(f"there is no format `{name}`", _nearest(name))
        if equals and not file:
            raise PlimsollError(f"`--output {each}` names no file", f"`{name}=FILE`, or `{name}` for standard output")
        if file in {"", STANDARD}:
            if shown:
                raise PlimsollError(f"{shown} and {name} both go to standard output", "give one of them a file")
            shown = name
            continue
        path = _writable(Path(file))
        if path in files:
            raise PlimsollError(f"{files[path]} and {name} both go to {file}", "give each a file of its own")
        files[path] = name
    return Outputs(shown or FORMATS[0], files)


def _nearest(name: str) -> str:
    meant = [f"do you mean `{each}`? " for each in difflib.get_close_matches(name, FORMATS, n=1)]
    return f"{''.join(meant)}there are {', '.join(FORMATS)}"


def _writable(file: Path) -> Path:
    """A file that can be written, as far as that can be known before, with links followed."""
    try:
        if file.is_dir():
            raise _unwritable(file, "it is a folder")
        if _is_special(file):
            return file
        path = file.resolve()
        # What is told of a folder's rights is not always so: only who writes into it knows.
        with tempfile.TemporaryFile(dir=next(each for each in path.parents if each.exists())):
            return path
    except (OSError, RuntimeError) as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, why: object) -> PlimsollError:
    words = getattr(why, "strerror", "") or str(why)
    return PlimsollError(f"{file} can't be written, {words[:1].lower()}{words[1:]}", "name another file")


def _is_special(file: Path) -> bool:
    """Whether nothing can be put in its place: a pipe, a device, `/dev/stdout` wherever it leads."""
    return file.exists() and (not file.is_file() or file.is_relative_to("/dev") or file.is_relative_to("/proc"))


def show(outputs: Outputs, content: str) -> None:
    """Print to standard output, in whatever letters it takes.

    Raises:
        BrokenPipeError: its reader has gone, and no file is there that is still to be written.

    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        print(content, end="", flush=True)
    except BrokenPipeError:
        if not outputs.files:
            raise
        # What else is printed goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write(outputs: Outputs, content: Callable[[str], str]) -> bool:
    """Write the files, each whole or not at all; whether all could be, and which could not is told.

    Args:
        outputs: which.
        content: makes what is written in a format.

    """
    written = True
    for path, name in outputs.files.items():
        try:
            # Words from an image may hold bytes that no text has.
            made = content(name).encode(errors="replace")
            if _is_special(path):
                path.write_bytes(made)
            else:
                whole.write(path, made)
        except OSError as error:
            tell(str(_unwritable(path, error)))
            written = False
    return written
