"""Tables of what was measured: for a terminal, for a README, for a program."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from plimsoll.facts.image import image
from plimsoll.units import show_size
from workshop import bases, build

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.subject import Variant


NOT_BUILT = "has not been built yet"


@dataclass(frozen=True)
class Row:
    """The measures of one image.

    Attributes:
        app: the app.
        variant: the variant.
        size: bytes of the files in all layers, uncompressed; None where the image could not be built.
        budget: bytes it may have, None without a budget.
        compressed: bytes that a registry transfers.
        layers: how many it has.
        base: the image from outside that its last stage stands on, `scratch` without.
        origin: whether that base is a stand-in, or was pulled, and as what; empty for `scratch`.
        note: why there are no measures.

    """

    app: str
    variant: str
    size: int | None = None
    budget: int | None = None
    compressed: int = 0
    layers: int = 0
    base: str = ""
    origin: str = ""
    note: str = ""


def sizes(variants: Iterable[Variant]) -> list[Row]:
    """Measure the variants that have been built; those that could not be are rows with a note."""
    recorded = build.recorded()
    rows = []
    for variant in variants:
        result = recorded.get(variant.image)
        # What was built may have been removed since.
        there = result is not None and bases.here(variant.image) is not None
        if result is None or result.unbuildable or result.error or not there:
            reason = NOT_BUILT
            if result is not None and (result.unbuildable or result.error):
                reason = f"is not buildable here: {result.unbuildable}" if result.unbuildable else "does not build"
            rows.append(Row(variant.app, variant.name, note=reason))
            continue
        facts = image.read(variant.image, weigh=True)
        base = variant.dockerfile.lineage(variant.stage)[-1].base
        here = bases.here(base) if base != "scratch" else None
        rows.append(
            Row(
                app=variant.app,
                variant=variant.name,
                size=facts.size,
                budget=variant.expected.max_size,
                compressed=facts.compressed,
                layers=len(facts.layers),
                base=base,
                origin=here.brief if here else "",
            )
        )
    return rows


def text(rows: list[Row], width: int = 110) -> str:
    """The rows as a table for a terminal of this width."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("app", "variant", "size", "budget", "used", "compressed", "layers"):
        table.add_column(heading, justify="left" if heading in {"app", "variant"} else "right", no_wrap=True)
    table.add_column("base", no_wrap=True)
    for row in rows:
        if row.size is None:
            continue
        table.add_row(
            row.app,
            row.variant,
            show_size(row.size),
            show_size(row.budget) if row.budget else "-",
            f"{row.size / row.budget:.0%}" if row.budget else "",
            show_size(row.compressed),
            str(row.layers),
            row.base + (f" ({row.origin})" if row.origin else ""),
        )
    console = Console(file=io.StringIO(), width=max(width, 130), color_system=None)
    console.print(table)
    for row in rows:
        if row.note:
            console.print(f"{row.app}:{row.variant} {row.note}")
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def markdown(rows: list[Row]) -> str:
    """The rows as a table for a README."""
    lines = [
        "| image | uncompressed | compressed | layers | last stage's base |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        name = f"`{row.app}:{row.variant}`"
        if row.size is None:
            lines.append(f"| {name} | - | - | - | {row.note} |")
        else:
            base = f"`{row.base}`" + (f", {row.origin}" if row.origin else "")
            lines.append(f"| {name} | {show_size(row.size)} | {show_size(row.compressed)} | {row.layers} | {base} |")
    return "\n".join(lines) + "\n"
