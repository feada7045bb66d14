"""Link facts of an executable, from its ELF headers and never by running it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.segments import InterpSegment

DF_1_PIE = 0x08000000
"""The dynamic flag that tells a static position-independent program from a library."""

MAGIC = b"\x7fELF"

ARCHITECTURES = {
    "EM_X86_64": "amd64",
    "EM_AARCH64": "arm64",
    "EM_386": "386",
    "EM_ARM": "arm",
    "EM_RISCV": "riscv64",
    "EM_PPC64": "ppc64le",
    "EM_S390": "s390x",
}
"""ELF machines under the names that images use (the `GOARCH` names)."""


@dataclass(frozen=True)
class Elf:
    """How a program is linked.

    Attributes:
        architecture: as images name it, or the ELF machine where they have no name for it.
        interpreter: the dynamic loader it asks for, empty without.
        needed: the libraries it asks for.
        run_path: where it wants them looked for first.
        executable: whether it is a program; a shared library or an object file is not.

    """

    architecture: str
    interpreter: str
    needed: tuple[str, ...]
    run_path: tuple[str, ...]
    executable: bool

    @property
    def static(self) -> bool:
        """Whether it starts with no dynamic loader and no library.

        A static position-independent program has a dynamic segment too, so the segment alone says nothing.
        """
        return not self.interpreter and not self.needed


def read(content: bytes) -> Elf | None:
    """The link facts of a file, None where it is no (whole) ELF file."""
    if not content.startswith(MAGIC):
        return None
    try:
        file = ELFFile(io.BytesIO(content))
        interpreter = ""
        needed: list[str] = []
        run_path: list[str] = []
        position_independent_program = False
        for segment in file.iter_segments():
            if isinstance(segment, InterpSegment):
                interpreter = segment.get_interp_name()
            elif isinstance(segment, DynamicSegment):
                needed, run_path, position_independent_program = _dynamic(segment)
        kind = file.header.e_type
        machine = file.header.e_machine
    except (ELFError, ValueError, KeyError, UnicodeDecodeError, OverflowError):
        return None
    return Elf(
        architecture=ARCHITECTURES.get(machine, str(machine)),
        interpreter=interpreter,
        needed=tuple(needed),
        run_path=tuple(run_path),
        executable=kind == "ET_EXEC" or bool(interpreter) or position_independent_program,
    )


def _dynamic(segment: DynamicSegment) -> tuple[list[str], list[str], bool]:
    """What a dynamic segment asks for: libraries, where to look for them, and whether it belongs to a program."""
    needed: list[str] = []
    run_path: list[str] = []
    program = False
    tag: Any  # the attribute that a tag has depends on its type
    for tag in segment.iter_tags():
        match tag.entry.d_tag:
            case "DT_NEEDED":
                needed.append(tag.needed)
            case "DT_RPATH":
                run_path += tag.rpath.split(":")
            case "DT_RUNPATH":
                run_path += tag.runpath.split(":")
            case "DT_FLAGS_1":
                program = bool(tag.entry.d_val & DF_1_PIE)
    return needed, run_path, program
