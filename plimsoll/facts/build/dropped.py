"""What an ignore file took away although the program asks for it: in the folder, and not in the image."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from plimsoll.facts.build import ignored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.build.asked import Search
    from plimsoll.facts.build.context import Context
    from plimsoll.facts.image.image import Image


class Dropped(NamedTuple):
    """A file that is asked for and was kept out.

    Attributes:
        line: the line of the ignore file.
        local: its path in the folder.
        path: where the image would have it.
        by: what asks for it.

    """

    line: int
    local: str
    path: str
    by: str


def of(image: Image, search: Search, context: Context) -> Iterator[Dropped]:
    """What is asked for in an image, is in its folder, and was kept out by the ignore file; each file once."""
    if context.ignore is None:
        return
    ignoring, seen = ignored.read(context.ignore), set()
    for asked in search.found.values():
        if any(image.find(path) for path in asked.paths):
            continue
        for path in asked.paths:
            local = search.local(path)
            pattern = ignored.keeping_out(local, ignoring) if local else None
            if pattern and local not in context.sent.files and local not in seen:
                seen.add(local)
                # A folder that no layer names is there with what is in it.
                if not any(each.startswith(f"{path}/") for each in image.files):
                    yield Dropped(pattern.line, local, f"/{path}", asked.by)
                break
