"""The plimsoll.toml that counts for what is judged, and what of it can't be understood, in a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll import expectations
from plimsoll.errors import PlimsollError
from plimsoll.rule import require_known
from plimsoll.rules.image.contents import ALLOWABLE
from plimsoll.waivers import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from plimsoll.expectations import Expectations


def read(file: Path | None) -> tuple[Expectations, list[PlimsollError]]:
    """What a file says, and its mistakes, which do not count; the defaults where there is none.

    Args:
        file: a plimsoll.toml.

    """
    if file is None:
        return expectations.Expectations(), []
    given, mistakes = expectations.understood(file)
    names = dict.fromkeys([*given.allow, *(name for each in given.variant.values() for name in each.allow)])
    unknown = [
        PlimsollError(
            f"{file} allows `{name}`, which no rule looks for{nearest(name, ALLOWABLE)}",
            "name a program, such as `git`, or `shell`",
        )
        for name in names
        if name not in ALLOWABLE
    ]
    standing = [each for name in given.variant for each in given.waivers(name)]
    for each in dict.fromkeys([*standing, *given.waivers_of_services()]):
        try:
            require_known([each.rule], each.place)
        except PlimsollError as error:
            unknown.append(error)
    return given, [*mistakes, *unknown]
