"""The platform that an image is for, and which of several is meant where nobody says it."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any, NamedTuple

from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Iterable

LINUX = "linux"

MACHINES = {
    "aarch64": ("arm64", "v8"),
    "amd64": ("amd64", ""),
    "arm64": ("arm64", "v8"),
    "armv6l": ("arm", "v6"),
    "armv7l": ("arm", "v7"),
    "i386": ("386", ""),
    "i686": ("386", ""),
    "x86_64": ("amd64", ""),
}
"""The processors that images call otherwise than machines do, each with its variant."""

USUAL = {"arm": "v7", "arm64": "v8"}
"""The variant of a processor that is meant where none is named."""


class Platform(NamedTuple):
    """What an image is for, such as linux/arm/v7; the variant is empty where a processor has no other."""

    os: str
    architecture: str
    variant: str

    def __str__(self) -> str:
        """As `--platform` takes it."""
        shown = "" if self.variant == USUAL.get(self.architecture) and self.architecture != "arm" else self.variant
        return "/".join(filter(None, (self.os, self.architecture, shown)))


def of(system: str, architecture: str, variant: str = "") -> Platform:
    """A platform by the words that an image's configuration has for it."""
    return Platform(system, architecture, variant or USUAL.get(architecture, ""))


def told(document: dict[str, Any]) -> Platform:
    """What an image's configuration, or an index, says that an image is for; of old nobody said which system."""
    words = [str(document.get(name) or "") for name in ("os", "architecture", "variant")]
    return of(words[0] or LINUX, *words[1:])


def parse(text: str) -> Platform:
    """A platform as `docker build --platform` takes it: `linux/arm64`, `arm64`, `linux/arm/v7`.

    Raises:
        PlimsollError: it is none.

    """
    words = text.lower().split("/")
    if len(words) == 1:
        words = [LINUX, *words]
    if len(words) > 3 or not all(word.isalnum() for word in words):
        raise PlimsollError(f"`{text}` is no platform", "name one as `docker build --platform` takes it: linux/arm64")
    system, architecture, *rest = words
    architecture, variant = MACHINES.get(architecture, (architecture, ""))
    return of(system, architecture, rest[0] if rest else variant)


def own() -> Platform:
    """The platform of which this machine starts containers: Linux, which a desktop has in a virtual machine."""
    machine = platform.machine().lower()
    return of(LINUX, *MACHINES.get(machine, (machine, "")))


def chosen(there: Iterable[Platform], wanted: Platform | None, where: str) -> Platform:
    """Which platform is meant: the wanted one, else this machine's, else the only one.

    Args:
        there: those that there are.
        wanted: the one that was asked for, None where none was.
        where: what has them, for messages.

    Raises:
        PlimsollError: it is not there, or nobody can tell which is meant.

    """
    names = sorted(set(there))
    shown = ", ".join(map(str, names))
    if wanted is not None:
        if wanted not in names:
            raise PlimsollError(f"{where} holds no image for {wanted}", f"it holds {shown}: name that by --platform")
        return wanted
    if own() in names:
        return own()
    if len(names) > 1:
        raise PlimsollError(f"{where} holds images for {shown}, none for this machine", "choose one by --platform")
    return names[0]
