"""`make test` with nothing changed has nothing to do: a test is left out while all that its pass rests on is the same.

A plugin of that command alone: pytest by itself runs everything, and so does a fresh clone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plimsoll import inputs
from plimsoll.facts.run import ownership
from plimsoll.subject import Variant
from workshop.suite import results
from workshop.suite.results import KeptResult

if TYPE_CHECKING:
    from collections.abc import Generator

    from _pytest.terminal import TerminalReporter

INPUTS = pytest.StashKey[str]()
WAIVED = pytest.StashKey[str]()
UNCHANGED = pytest.StashKey[list[str]]()
MANY = 64
"""The exit code of a session that leaves its tests to one with several processes."""

OUTPUT = "plimsoll_unchanged"
"""The name under which a worker tells which tests it left out."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option to run everything."""
    group = parser.getgroup("plimsoll")
    group.addoption("--rerun", action="store_true", help="run every test, whatever is known")
    group.addoption("--few", type=int, metavar="N", help=f"end with {MANY} where more than N tests are to be run")


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing left out."""
    config.stash[UNCHANGED] = []
    if not _is_worker(config):
        results.forget_older()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what an earlier run found to hold, on the same inputs."""
    known = {} if config.getoption("--rerun") else results.earlier()
    inputs.list_images()
    left = []
    for item in items:
        item.stash[INPUTS] = _inputs(item)
        verdict = known.get(_name(item))
        if verdict and verdict.inputs == item.stash[INPUTS]:
            config.stash[UNCHANGED].append(_name(item))
        else:
            left.append(item)
    few = config.getoption("--few")
    if few is not None and len(left) > few:
        pytest.exit(f"{len(left)} tests are to be run", returncode=MANY)
    items[:] = left


def _inputs(item: pytest.Item) -> str:
    parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    subject = parameters.get("subject")
    # Only where rules judge an image, nothing but the image decides.
    return results.of_variant(subject) if isinstance(subject, Variant) else results.of_everything(str(item.path.parent))


def _name(item: pytest.Item) -> str:
    """Its name without the group that pytest-xdist adds to it."""
    group = item.get_closest_marker("xdist_group")
    return item.nodeid.removesuffix(f"@{group.args[0]}") if group else item.nodeid


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what holds: a test that passed, or failed as it should, and left nothing behind that failed."""
    report = yield
    waived = getattr(report, "wasxfail", "") if report.skipped else ""
    if report.when == "call" and (report.passed or waived):
        item.stash[WAIVED] = waived
    elif report.failed:
        # What passed once and fails now on the same inputs is not known to hold.
        results.keep(KeptResult(_name(item), "", ownership.RUN))
    elif report.when == "teardown" and WAIVED in item.stash:
        results.keep(KeptResult(_name(item), item.stash[INPUTS], ownership.RUN, item.stash[WAIVED]))
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell which tests were left out; a run in which all were has not failed."""
    config = session.config
    if _is_worker(config):
        config.workeroutput[OUTPUT] = config.stash[UNCHANGED]  # type: ignore[attr-defined]
        return
    if config.stash[UNCHANGED] and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist's own, which has no types
    """Hear from a worker which tests it left out; all leave out the same."""
    node.config.stash[UNCHANGED] = getattr(node, "workeroutput", {}).get(OUTPUT, node.config.stash[UNCHANGED])


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Say how many tests were left out, and what of them is waived."""
    if not (unchanged := config.stash[UNCHANGED]):
        return
    known = results.earlier()
    terminalreporter.section("known from earlier runs")
    for name in unchanged:
        if known[name].waived.startswith("waived: "):
            terminalreporter.line(f"XFAIL {name} - {known[name].waived}")
    terminalreporter.line(f"{len(unchanged)} tests passed before, and nothing that they rest on has changed since")
    terminalreporter.line("`make test ARGS=--rerun` runs them all the same")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
