"""Whether the programs of an image find their loader and libraries in its own files, as the loader would look."""

from __future__ import annotations

import fnmatch
import functools
import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.facts.image import programs
from plimsoll.facts.image.layer import LARGEST_HELD

if TYPE_CHECKING:
    from plimsoll.facts.image.elf import Elf
    from plimsoll.facts.image.image import Image

TRIPLETS = {
    "386": "i386-linux-gnu",
    "amd64": "x86_64-linux-gnu",
    "arm": "arm-linux-gnueabihf",
    "arm64": "aarch64-linux-gnu",
    "ppc64le": "powerpc64le-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
    "s390x": "s390x-linux-gnu",
}
"""What Debian and its descendants call the directory of an architecture's libraries."""

MUSL = "ld-musl"
MUSL_FOLDERS = ("/lib", "/usr/local/lib", "/usr/lib")
MUSL_ITSELF = ("libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet.")
"""Libraries that musl's loader is itself."""

CACHE = "/etc/ld.so.cache"
"""What `ldconfig` writes: without it, glibc's loader knows nothing of the directories in `ld.so.conf`."""


GIVEN_BY_THE_RUNTIME = re.compile(
    r"lib(?:cuda|cudadebugger|nvcuvid|nvoptix|nvidia-[\w-]+|nvidia_\w+|(?:EGL|GLX|GLESv[12]_CM|GLESv2)_nvidia)\.so(?:\.[\d.]+)?"
)
"""Libraries of a graphics driver: they fit the host's kernel, so that its container runtime mounts them."""


class Unmet(NamedTuple):
    """A file that a program needs to start and its image lacks.

    Attributes:
        program: the program.
        wanted: the loader or library.
        by: what asks for it: the program, or a library of it.
        searched: where it would have been found.

    """

    program: str
    wanted: str
    by: str
    searched: tuple[str, ...]


@dataclass
class Linker:
    """A loader's search in one image."""

    image: Image
    _found: dict[tuple[str, str, tuple[str, ...]], str] = field(default_factory=dict)

    @functools.cached_property
    def configured(self) -> list[str]:
        """The directories that glibc's loader is told of."""
        return self._configured("/etc/ld.so.conf") if self.image.find(CACHE) else []

    def unmet(self, path: str, program: Elf) -> list[Unmet]:
        """What a program and its libraries ask for and don't find."""
        if not program.interpreter:
            return []
        if self.image.find(program.interpreter) is None:
            return [Unmet(path, program.interpreter, path, ())]
        missing = []
        asked = {posixpath.basename(program.interpreter)}
        waiting = [(path, program, program.run_path)]
        while waiting:
            by, facts, inherited = waiting.pop()
            folders = self._folders(by, facts, program, inherited)
            for name in facts.needed:
                if name in asked or (MUSL in program.interpreter and name.startswith(MUSL_ITSELF)):
                    continue
                asked.add(name)
                library = self._library(name, program.architecture, folders)
                if library is None and not GIVEN_BY_THE_RUNTIME.fullmatch(name):
                    missing.append(Unmet(path, name, by, folders))
                elif library and (library_facts := self.image.elf(library)):
                    waiting.append((library, library_facts, (*inherited, *library_facts.run_path)))
        return missing

    def _library(self, name: str, architecture: str, folders: tuple[str, ...]) -> str | None:
        """The path of a library, None where there is none."""
        key = (name, architecture, folders)
        if key not in self._found:
            self._found[key] = self._look(name, architecture, folders) or ""
        return self._found[key] or None

    def _look(self, name: str, architecture: str, folders: tuple[str, ...]) -> str | None:
        if "/" in name:
            folders = (self.image.directory,)
        for folder in folders:
            path = posixpath.join(folder, name)
            entry = self.image.find(path)
            if entry is None:
                continue
            facts = self.image.elf(path)
            if (facts and facts.architecture == architecture) or entry.size > LARGEST_HELD:
                return "/" + entry.path
        return None

    def _folders(self, by: str, facts: Elf, program: Elf, inherited: tuple[str, ...]) -> tuple[str, ...]:
        """Where a loader looks for what a program or library asks for, in its order."""
        environment = self.image.environment.get("LD_LIBRARY_PATH", "").split(":")
        own = self._of_musl(program) if MUSL in program.interpreter else self._of_glibc(program.architecture)
        folders = [*facts.run_path, *inherited, *filter(None, environment), *own]
        origin = posixpath.dirname("/" + by.lstrip("/"))
        start = self.image.directory
        return tuple(dict.fromkeys(_expanded(folder, origin, program.architecture, start) for folder in folders))

    def _of_musl(self, program: Elf) -> list[str]:
        kept = posixpath.basename(program.interpreter).rpartition(".so")[0]
        text = self.image.text(f"/etc/{kept}.path")
        return [folder for folder in text.replace("\n", ":").split(":") if folder] or list(MUSL_FOLDERS)

    def _of_glibc(self, architecture: str) -> list[str]:
        triplet = TRIPLETS.get(architecture, "")
        return [*self.configured, f"/lib/{triplet}", f"/usr/lib/{triplet}", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]

    def _configured(self, file: str) -> list[str]:
        """The directories in a configuration file of glibc's loader and in those that it includes."""
        folders = []
        for line in self.image.text(file).splitlines():
            words = line.partition("#")[0].split()
            if words[:1] == ["include"] and file == "/etc/ld.so.conf":
                patterns = [posixpath.join("/etc", pattern).lstrip("/") for pattern in words[1:]]
                for path in sorted(self.image.files):
                    if any(fnmatch.fnmatch(path, pattern) for pattern in patterns):
                        folders += self._configured("/" + path)
            else:
                folders += words
        return folders


@functools.cache
def _expanded(folder: str, origin: str, architecture: str, start: str) -> str:
    """A directory as it is meant: its variables replaced, and from where the program starts if it is relative."""
    for token, value in (("ORIGIN", origin), ("LIB", f"lib/{TRIPLETS.get(architecture, '')}"), ("PLATFORM", "")):
        folder = folder.replace(f"${{{token}}}", value).replace(f"${token}", value)
    return posixpath.normpath(posixpath.join(start, folder))


def unmet(image: Image) -> list[Unmet]:
    """What the programs that can be started in an image ask for and don't find, by program."""
    linker = Linker(image)
    found = []
    for path in sorted(programs.startable(image)):
        program = image.elf(path)
        if program and program.executable:
            found += linker.unmet(path, program)
    return found
