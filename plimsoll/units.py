"""Figures as people write them; sizes such as `9 MB`, with the decimal units that the engine and registries print."""

from __future__ import annotations

import re

UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}


def parse_size(text: str) -> int:
    """Bytes of a size such as `9 MB`, `1.3 GB` or `512 B`.

    Raises:
        ValueError: there is no number, or no unit of B, kB, MB, GB (powers of 1000).

    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    if match is None:
        raise ValueError("a size is a number and a unit, such as `9 MB`")
    number, unit = match.groups()
    if unit not in UNITS:
        raise ValueError(f"a size needs one of the units {', '.join(UNITS)}, as in `{number} MB`")
    return round(float(number) * UNITS[unit])


def show_size(size: int) -> str:
    """A size with three significant digits and its unit: `9.31 MB`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor * 0.9995:
            digits = max(0, 3 - len(str(int(size / factor))))
            return f"{size / factor:.{digits}f} {unit}"
    return f"{size} B"


def show_number(number: float) -> str:
    """A figure with three significant digits: `0.454`, `2,880`."""
    return f"{float(f'{number:.3g}'):,.12g}"
