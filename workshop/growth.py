"""What became bigger or smaller: the sizes of today's images beside those that were measured before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from plimsoll.errors import PlimsollError
from plimsoll.units import show_size
from workshop.sizes import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

LEAST = 0.0005
"""The part of its size by which an image must change to be told: less would be printed as 0.0 %."""

ROWS = TypeAdapter(list[Row])

HEAD = (
    "| image | before | now | change | compressed before | compressed now |\n| --- | ---: | ---: | ---: | ---: | ---: |"
)


def document(rows: list[Row]) -> str:
    """The rows as JSON, which a later run is told by `read`."""
    return ROWS.dump_json(rows, indent=1).decode() + "\n"


def read(file: Path) -> list[Row]:
    """The rows that `document` wrote.

    Raises:
        PlimsollError: there is no such file, or it holds something else.

    """
    remedy = "name a file that `make sizes ARGS=--json` printed"
    try:
        return ROWS.validate_json(file.read_bytes())
    except OSError as error:
        raise PlimsollError(f"{file} can't be read: {error.strerror}", remedy) from error
    except ValidationError as error:
        raise PlimsollError(f"{file} holds no sizes: {error.errors()[0]['msg']}", remedy) from error


def markdown(before: Iterable[Row], now: Iterable[Row]) -> str:
    """A table of the images that are new, gone, bigger or smaller, the greatest change first; how many are the same."""
    old, new = ({f"{row.app}:{row.variant}": row for row in rows} for rows in (before, now))
    told, same, unmeasured = [], 0, []
    for name in {**old, **new}:
        first, then = old.get(name), new.get(name)
        if then is not None and then.size is None:
            unmeasured.append(f"`{name}` {then.note}")
        elif _is_same(first, then):
            same += 1
        else:
            told.append((_change(first, then), name, first, then))
    told.sort(key=lambda each: (-abs(each[0]), each[1]))
    lines = [HEAD, *(_line(*each) for each in told), ""] if told else []
    lines.append(f"{same} image{'s have' if same != 1 else ' has'} the size of before.")
    lines += ["", f"Not compared: {'; '.join(unmeasured)}."] if unmeasured else []
    return "\n".join(lines) + "\n"


def _is_same(before: Row | None, now: Row | None) -> bool:
    if before is None or now is None or before.size is None or now.size is None:
        return False
    return abs(now.size - before.size) < LEAST * before.size


def _change(before: Row | None, now: Row | None) -> int:
    """By how many bytes: all of an image that was not there, or no longer is."""
    return (now.size or 0 if now else 0) - (before.size or 0 if before else 0)


def _line(change: int, name: str, before: Row | None, now: Row | None) -> str:
    cells = [_cell(row, measure) for measure in (_size, _compressed) for row in (before, now)]
    return f"| `{name}` | {cells[0]} | {cells[1]} | {_told(change, before, now)} | {cells[2]} | {cells[3]} |"


def _told(change: int, before: Row | None, now: Row | None) -> str:
    if now is None:
        return "gone"
    if before is None or before.size is None:
        return "new"
    return f"{change / before.size:+.1%}"


def _cell(row: Row | None, measure: Callable[[Row], int]) -> str:
    return show_size(measure(row)) if row is not None and row.size is not None else "-"


def _size(row: Row) -> int:
    return row.size or 0


def _compressed(row: Row) -> int:
    return row.compressed
