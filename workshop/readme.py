"""The tables in the READMEs: made by a command, and checked for being current by the suite."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.units import parse_size
from workshop import sizes as report
from workshop.root import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from plimsoll.subject import Variant
    from workshop.sizes import Row

SIZES = re.compile(r"(<!-- sizes:begin -->\n).*?(<!-- sizes:end -->)", re.DOTALL)
SIZE_ROW = re.compile(r"^\| `([\w-]+):([\w-]+)` \| ([\d.]+ [kMG]?B|-) \|", re.MULTILINE)


def files(variants: list[Variant]) -> dict[Path, list[Variant]]:
    """Every README with a size table, and the variants that stand in it."""
    found = {ROOT / "README.md": variants}
    for folder in sorted({variant.folder for variant in variants if variant.folder}):
        found[folder / "README.md"] = [variant for variant in variants if variant.folder == folder]
    return {file: mine for file, mine in found.items() if file.exists() and SIZES.search(file.read_text())}


def write(variants: list[Variant]) -> list[Path]:
    """Write the size tables anew, and return the files that changed."""
    rows = {(row.app, row.variant): row for row in report.sizes(variants)}
    changed = []
    for file, mine in files(variants).items():
        table = report.markdown([rows[variant.app, variant.name] for variant in mine])
        text = SIZES.sub(rf"\g<1>{table}\g<2>", file.read_text())
        if text != file.read_text():
            file.write_text(text)
            changed.append(file)
    return changed


def add(variants: list[Variant], after: str) -> None:
    """Give an app that was just made its rows in the tables: without sizes, since it has not been built yet.

    What the other rows say stays as it is: this machine may have built none of their images.

    Args:
        variants: all of the new app's, of one folder.
        after: the app below whose rows it stands in the table of all.

    """
    rows = [report.Row(variant.app, variant.name, note=report.NOT_BUILT) for variant in variants]
    table = report.markdown(rows)
    for file in files(variants):
        text = file.read_text()
        if file.parent != ROOT:
            file.write_text(SIZES.sub(rf"\g<1>{table}\g<2>", text))
            continue
        own = [row for row in SIZE_ROW.finditer(text) if row[1] == after]
        end = text.index("\n", own[-1].start()) + 1 if own else text.index("<!-- sizes:end -->")
        file.write_text(text[:end] + "".join(table.splitlines(keepends=True)[2:]) + text[end:])


def printed(file: Path) -> dict[tuple[str, str], int | None]:
    """The sizes that a README prints, in bytes, by app and variant; None for one that was not built."""
    table = SIZES.search(file.read_text())
    rows = SIZE_ROW.findall(table[0]) if table else []
    return {(app, variant): None if size == "-" else parse_size(size) for app, variant, size in rows}


def differs(printed_size: int | None, row: Row, tolerance: float) -> bool:
    """Whether a printed size is further from the measured one than the tolerance (a share of it)."""
    if row.size is None or printed_size is None:
        # What can't be built on this machine can't be compared here either.
        return False
    return abs(printed_size - row.size) > tolerance * row.size
