"""Rules about what the programs in an image need in order to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.image import linking, programs
from plimsoll.findings import broken_at
from plimsoll.paths import show
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image
    from plimsoll.findings import Finding
    from plimsoll.subject import Variant


ALSO = {"amd64": {"386"}, "arm64": {"arm"}}
"""What a processor runs besides its own."""


@rule(Level.ERROR, production=True)
def promised_programs_are_static(subject: Variant, image: Image) -> list[Finding]:
    """A program with no loader and no library starts on any base, `scratch` first of all."""
    found = []
    for path in subject.expected.static:
        program = image.elf(path)
        if program is None:
            found.append((path, "it is no program, and plimsoll.toml promises that it is a static one"))
        elif not program.static:
            asked = ", ".join(filter(None, (program.interpreter, *program.needed)))
            found.append((path, f"it asks for {asked}"))
    return broken_at(
        found, fix="link it with CGO_ENABLED=0 (Go), `-C target-feature=+crt-static` (Rust) or `-static` (C)"
    )


@rule(Level.ERROR)
def programs_find_their_libraries(image: Image) -> list[Finding]:
    """A program without its loader ends with `not found` although it is there; one without a library ends, too."""
    found = []
    for each in linking.unmet(image):
        asks = "it asks" if each.by == each.program else f"its library {show(each.by.lstrip('/'))} asks"
        where = f"is in none of {', '.join(each.searched)}" if each.searched else "is not there: its loader"
        found.append((show(each.program), f"{asks} for {each.wanted}, which {where}"))
    return broken_at(
        found, fix="copy it along with its libraries (`ldd` names them), install the package, or link it statically"
    )


@rule(Level.ERROR)
def programs_are_for_the_images_platform(image: Image) -> list[Finding]:
    """A program for another processor ends with `exec format error`, on the host that is not the builder's."""
    fitting = {image.architecture, *ALSO.get(image.architecture, ())}
    found = [
        (show(path), f"it is for {program.architecture}, and the image for {image.architecture}")
        for path in sorted(programs.startable(image))
        if image.architecture and (program := image.elf(path)) and program.executable
        if program.architecture not in fitting
    ]
    return broken_at(found, fix="build for $TARGETARCH, and copy from a stage or an image of that platform")
