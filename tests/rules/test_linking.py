"""Rules about what the programs in an image need in order to start."""

import pytest

from plimsoll.findings import forbid
from plimsoll.images import linking, programs
from plimsoll.paths import show

ALSO = {"amd64": {"386"}, "arm64": {"arm"}}
"""What a processor runs besides its own."""


@pytest.mark.deployed
def test_promised_programs_are_static(variant, facts):
    """A program with no loader and no library starts on any base, `scratch` first of all."""
    found = []
    for path in variant.expected.static:
        program = facts.elf(path)
        if program is None:
            found.append((path, "it is no program, and plimsoll.toml promises that it is a static one"))
        elif not program.static:
            asked = ", ".join(filter(None, (program.interpreter, *program.needed)))
            found.append((path, f"it asks for {asked}"))
    forbid(found, mend="link it with CGO_ENABLED=0 (Go), `-C target-feature=+crt-static` (Rust) or `-static` (C)")


def test_programs_find_their_libraries(facts):
    """A program without its loader ends with `not found` although it is there; one without a library ends, too."""
    found = []
    for each in linking.unmet(facts):
        asks = "it asks" if each.by == each.program else f"its library {show(each.by.lstrip('/'))} asks"
        where = f"is in none of {', '.join(each.searched)}" if each.searched else "is not there: its loader"
        found.append((show(each.program), f"{asks} for {each.wanted}, which {where}"))
    forbid(
        found, mend="copy it along with its libraries (`ldd` names them), install the package, or link it statically"
    )


def test_programs_are_for_the_images_platform(facts):
    """A program for another processor ends with `exec format error`, on the host that is not the builder's."""
    fitting = {facts.architecture, *ALSO.get(facts.architecture, ())}
    found = [
        (show(path), f"it is for {program.architecture}, and the image for {facts.architecture}")
        for path in sorted(programs.startable(facts))
        if facts.architecture and (program := facts.elf(path)) and program.executable
        if program.architecture not in fitting
    ]
    forbid(found, mend="build for $TARGETARCH, and copy from a stage or an image of that platform")
