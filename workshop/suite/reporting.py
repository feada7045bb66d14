"""How a run ends: with the sizes of the images that it was about, what its rules cost, and where the time went."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from plimsoll import engine
from workshop import build, selection, sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _pytest.terminal import TerminalReporter

    from plimsoll.facts.gathering import Store

EXPERIMENTS = pytest.StashKey[list[int]]()
"""How many facts were gathered that other images of the same content share, and how often one was shared."""
SLOWEST = 30
"""Files of tests that are told with their time."""

OUTPUT = "plimsoll_experiments"
"""The name under which a worker tells both."""


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    config.stash[EXPERIMENTS] = [0, 0]


def count(config: pytest.Config, store: Store) -> None:
    """Take account of what this process gathered and shared."""
    numbers = [store.gathered, store.shared]
    if hasattr(config, "workeroutput"):
        config.workeroutput[OUTPUT] = numbers
    else:
        _add(config, numbers)


def _add(config: pytest.Config, numbers: list[int]) -> None:
    before = config.stash[EXPERIMENTS]
    config.stash[EXPERIMENTS] = [before[0] + numbers[0], before[1] + numbers[1]]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist's own, which has no types
    """Hear from a worker."""
    _add(node.config, getattr(node, "workeroutput", {}).get(OUTPUT, [0, 0]))


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Print what was measured: sizes against budgets, stand-ins, and the experiments on containers."""
    if not config.getoption("numprocesses", default=None) and config.getoption("--few", default=None) is None:
        # Somebody runs single tests, and looks for no table.
        return
    recorded = build.recorded()
    chosen = [each for each in selection.of_apps(config.getoption("--app")) if recorded.get(each.image)]
    if chosen and engine.answers():
        terminalreporter.section("images")
        terminalreporter.write(sizes.text(sizes.sizes(chosen), terminalreporter._tw.fullwidth))
    gathered, shared = config.stash[EXPERIMENTS]
    if gathered or shared:
        terminalreporter.section("experiments")
        terminalreporter.line(f"{gathered} facts were found out by experiments on containers, {shared} were shared")
    terminalreporter.section("where the time went")
    for line in times(terminalreporter.stats.values()):
        terminalreporter.line(line)


def times(reports: Iterable[list[Any]]) -> Iterator[str]:
    """What the tests of each file took, those first that took most: seconds of a worker, and how many tests.

    Args:
        reports: what pytest has kept of each test's parts, by their outcome.

    """
    seconds: defaultdict[str, float] = defaultdict(float)
    tests: dict[str, set[str]] = defaultdict(set)
    for report in chain.from_iterable(reports):
        if isinstance(report, pytest.TestReport):
            file = report.nodeid.partition("::")[0]
            seconds[file] += report.duration
            tests[file].add(report.nodeid)
    yield f"{sum(seconds.values()):7.0f} s of {len(tests)} files"
    for file, took in sorted(seconds.items(), key=lambda each: -each[1])[:SLOWEST]:
        yield f"{took:7.0f} s, {len(tests[file]):5} tests: {file}"
