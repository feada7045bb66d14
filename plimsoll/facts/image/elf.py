"""Link facts of an executable, from its ELF headers and never by running it.

Read here by hand: an image holds a thousand of them, and for three numbers and a few strings of each a general
library takes a hundred times as long.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

MAGIC = b"\x7fELF"

MACHINES = {
    3: "386",
    21: "ppc64",
    22: "s390x",
    40: "arm",
    62: "amd64",
    183: "arm64",
    243: "riscv64",
    258: "loong64",
}
"""ELF machines under the names that images use (the `GOARCH` names)."""

MIPS = 8
BOTH_ORDERS = {"ppc64", "mips", "mips64"}
"""Architectures of which images name the byte order too."""

DF_1_PIE = 0x08000000
"""The dynamic flag that tells a static position-independent program from a library."""

SHELLS = (
    (b"BusyBox v",),
    (b"GNU bash, version",),
    (b"Bad substitution", b"Illegal option -%c"),
    (b"MIRBSD KSH",),
    (b"Version AJM 93",),
    (b"toybox ", b"Unknown command %s"),
    (b"/etc/zshenv", b"ZSH_VERSION"),
)
"""What a shell has in itself, whatever it is called: busybox, bash, dash, mksh, ksh, toybox, zsh."""

LARGEST_SHELL = 4 << 20
"""Bytes above which nobody looks for a shell."""

LONGEST_NAME = 4096
"""Bytes of the longest path that Linux knows."""


class Kind(IntEnum):
    """Kinds of ELF files."""

    EXECUTABLE = 2
    SHARED = 3
    CORE = 4


class Segment(IntEnum):
    """Kinds of segments."""

    LOAD = 1
    DYNAMIC = 2
    INTERPRETER = 3


class Tag(IntEnum):
    """Kinds of entries of a dynamic segment."""

    END = 0
    NEEDED = 1
    NAMES = 5
    RPATH = 15
    RUNPATH = 29
    FLAGS = 0x6FFFFFFB


@dataclass(frozen=True)
class Elf:
    """How a program is linked.

    Attributes:
        architecture: as images name it, or the number of the ELF machine where they have no name for it.
        interpreter: the dynamic loader it asks for, empty without.
        needed: the libraries it asks for.
        run_path: where it wants them looked for first.
        executable: whether it is a program; a shared library or an object file is not.
        core: whether it is what a crash left of a program's memory.
        is_shell: whether it is a shell, by what stands in it.

    """

    architecture: str
    interpreter: str
    needed: tuple[str, ...]
    run_path: tuple[str, ...]
    executable: bool
    core: bool = False
    is_shell: bool = False

    @property
    def static(self) -> bool:
        """Whether it starts with no dynamic loader and no library.

        A static position-independent program has a dynamic segment too, so the segment alone says nothing.
        """
        return not self.interpreter and not self.needed


def read(content: bytes) -> Elf | None:
    """The link facts of a file, None where it is no (whole) ELF file."""
    if not content.startswith(MAGIC) or len(content) < 52 or content[4] not in (1, 2) or content[5] not in (1, 2):
        return None
    try:
        return _read(content, wide=content[4] == 2, order="<" if content[5] == 1 else ">")
    except (struct.error, OverflowError):
        return None


def _read(content: bytes, *, wide: bool, order: str) -> Elf | None:
    kind, machine = struct.unpack_from(f"{order}HH", content, 16)
    (start,) = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", content, 32 if wide else 28)
    length, number = struct.unpack_from(f"{order}HH", content, 54 if wide else 42)
    interpreter = ""
    dynamic: list[tuple[int, int]] = []
    loaded: list[tuple[int, int, int]] = []
    for index in range(number):
        at = start + index * length
        if wide:
            segment, _, offset, address, _, size = struct.unpack_from(f"{order}IIQQQQ", content, at)
        else:
            segment, offset, address, _, size = struct.unpack_from(f"{order}IIIII", content, at)
        if segment == Segment.LOAD:
            loaded.append((address, size, offset))
        elif segment == Segment.INTERPRETER:
            interpreter = _text(content, offset, size)
        elif segment == Segment.DYNAMIC:
            if offset + size > len(content):
                return None
            pair = struct.Struct(f"{order}{'QQ' if wide else 'II'}")
            dynamic = list(pair.iter_unpack(content[offset : offset + size - size % pair.size]))
    needed, run_path, program = _dynamic(content, dynamic, loaded)
    executable = kind == Kind.EXECUTABLE or (kind == Kind.SHARED and (bool(interpreter) or program))
    return Elf(
        architecture=_architecture(machine, wide=wide, order=order),
        interpreter=interpreter,
        needed=tuple(needed),
        run_path=tuple(run_path),
        executable=executable,
        core=kind == Kind.CORE,
        is_shell=executable and _is_a_shell(content),
    )


def _is_a_shell(content: bytes) -> bool:
    return len(content) <= LARGEST_SHELL and any(all(mark in content for mark in marks) for marks in SHELLS)


def _architecture(machine: int, *, wide: bool, order: str) -> str:
    name = ("mips64" if wide else "mips") if machine == MIPS else MACHINES.get(machine, f"ELF machine {machine}")
    return f"{name}le" if name in BOTH_ORDERS and order == "<" else name


def _dynamic(
    content: bytes, entries: list[tuple[int, int]], loaded: list[tuple[int, int, int]]
) -> tuple[list[str], list[str], bool]:
    """What a dynamic segment asks for: libraries, where to look for them, and whether it belongs to a program."""
    end = next((index for index, (tag, _) in enumerate(entries) if tag == Tag.END), len(entries))
    entries = entries[:end]
    address = next((value for tag, value in entries if tag == Tag.NAMES), 0)
    # An address in memory; the segment that is loaded there says where it is in the file.
    names = next((address - first + offset for first, size, offset in loaded if first <= address < first + size), None)
    needed: list[str] = []
    run_path: list[str] = []
    program = False
    for tag, value in entries:
        if tag == Tag.FLAGS:
            program = bool(value & DF_1_PIE)
        elif names is not None and tag == Tag.NEEDED:
            needed.append(_text(content, names + value, LONGEST_NAME))
        elif names is not None and tag in (Tag.RPATH, Tag.RUNPATH):
            run_path += filter(None, _text(content, names + value, LONGEST_NAME).split(":"))
    return needed, run_path, program


def _text(content: bytes, offset: int, size: int) -> str:
    return content[offset : offset + min(size, LONGEST_NAME)].partition(b"\0")[0].decode(errors="replace")
