"""How many of the cases from the field get the right verdict, by kind: a table at the end of a run."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from workshop.suite.unchanged import UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest
    from _pytest.terminal import TerminalReporter

CASE = re.compile(r"tests/field/test_cases\.py::test_verdict\[(\w+)-")


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Print the table, where any case was judged."""
    stats = terminalreporter.stats
    right = [report.nodeid for report in stats.get("passed", []) if report.when == "call"]
    if UNCHANGED in config.stash:
        unchanged = config.stash[UNCHANGED]
        right += unchanged
    wrong = [report.nodeid for kind in ("failed", "error") for report in stats.get(kind, [])]
    known, all_ = _by_kind(right), _by_kind(right) + _by_kind(set(wrong))
    if not all_:
        return
    terminalreporter.section("cases from the field")
    for kind, count in sorted(all_.items()):
        terminalreporter.line(f"{kind:8}{known[kind]:4} of {count} with the right verdict")
    terminalreporter.line(f"{'all':8}{known.total():4} of {all_.total()}")


def _by_kind(names: Iterable[str]) -> Counter[str]:
    return Counter(match[1] for name in names if (match := CASE.search(name)))
