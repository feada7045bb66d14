"""How a run tells what it found: broken rules in their own words, sizes, waivers, and which rules were proved."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from plimsoll.builds import build
from plimsoll.findings import BrokenRuleError, Finding
from plimsoll.project import lessons, subjects
from plimsoll.project.app import ROOT
from plimsoll.suite import report

if TYPE_CHECKING:
    from collections.abc import Generator

    from _pytest.terminal import TerminalReporter

RULES = ROOT / "tests/rules"
PROPERTY = "finding"
"""The name under which a test's report carries what was found."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell a broken rule in its own words: a reader needs no traceback of a rule that works."""
    report = yield
    if RULES not in item.path.parents or call.excinfo is None or not call.excinfo.errisinstance(AssertionError):
        return report
    findings = _findings(call.excinfo.value)
    report.user_properties += [(PROPERTY, (each.place, each.found, each.mend)) for each in findings]
    if report.failed:
        why = inspect.getdoc(getattr(item, "function", None)) or ""
        where = f"{report.location[0]}:{(report.location[1] or 0) + 1}"
        report.longrepr = "\n".join([*(str(each) for each in findings), f"why: {why}", f"rule: {where}"])
    return report


def _findings(error: BaseException) -> list[Finding]:
    """What a broken rule found; a plain assertion is one finding about the whole subject."""
    if isinstance(error, BrokenRuleError):
        return error.findings
    found, _, mend = str(error).split("\nassert ")[0].partition(": ")
    return [Finding("", found, mend)]


def rule_of(report: pytest.TestReport) -> str:
    """The name of the rule that a report is about, empty where it is about something else."""
    return _rule(report.nodeid)


def _rule(test: str) -> str:
    path, _, name = test.partition("::")
    return name.partition("[")[0].removeprefix("test_") if path.startswith("tests/rules/") else ""


def subject_of(report: pytest.TestReport) -> str:
    """The variant or compose file that a report is about."""
    return _subject(report.nodeid)


def _subject(test: str) -> str:
    return test.partition("[")[2].rpartition("]")[0].split("@")[0].removesuffix("]")


class Proofs:
    """Which rules were seen to fail on their bad example and to pass on their good one."""

    def __init__(self) -> None:
        self.rules: set[str] = set()
        self.proved: dict[str, set[str]] = {}

    def note(self, report: pytest.TestReport) -> None:
        """Take account of one report."""
        if report.when == "call":
            self.take(report.nodeid, kept=report.passed, broken=hasattr(report, "wasxfail") and report.skipped)

    def take(self, test: str, *, kept: bool, broken: bool) -> None:
        """Take account of one test: whether its subject kept the rule, or broke it as it should."""
        if not (rule := _rule(test)):
            return
        self.rules.add(rule)
        for which, holds in (("bad", broken), ("good", kept)):
            if _subject(test) == f"{lessons.APP}{rule}:{which}" and holds:
                self.proved.setdefault(rule, set()).add(which)

    @property
    def unproved(self) -> list[str]:
        """The rules of which the one or the other was not seen."""
        return sorted(rule for rule in self.rules if self.proved.get(rule, set()) != {"bad", "good"})


PROOFS = pytest.StashKey[Proofs]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    config.stash[PROOFS] = Proofs()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole run in which a rule was not proved on its pair has failed: a rule that can't fail is no rule.

    After `sparing`, which tells what earlier runs have proved.
    """
    whole = not session.config.getoption("--app") and not session.config.getoption("keyword")
    if whole and not hasattr(session.config, "workerinput") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = (
            pytest.ExitCode.TESTS_FAILED if session.config.stash[PROOFS].unproved else session.exitstatus
        )


class Counter:
    """Hears every report in the process that collects them, workers' included."""

    def __init__(self, proofs: Proofs) -> None:
        self.proofs = proofs

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count it."""
        self.proofs.note(report)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Hear the reports."""
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(Counter(session.config.stash[PROOFS]))


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """End with what was measured: sizes against budgets, stand-ins, waivers, and the rules proved."""
    proofs = config.stash[PROOFS]
    if not proofs.rules:
        return
    recorded = build.recorded()
    chosen = [each for each in subjects.apps(config.getoption("--app")) if recorded.get(each.image)]
    if chosen:
        terminalreporter.section("images")
        terminalreporter.write(report.text(report.sizes(chosen), terminalreporter._tw.fullwidth))
    if proofs.proved:
        terminalreporter.section("rules")
        proved = len(proofs.rules) - len(proofs.unproved)
        terminalreporter.line(f"{len(proofs.rules)} rules, {proved} of them proved on their pair in lessons/")
        for rule in proofs.unproved:
            terminalreporter.line(
                f"not proved: {rule}: lessons/{rule}/ must hold a bad example that breaks it and a good one"
            )


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """A lesson's bad example that breaks its rule is a pass: the rule has been proved."""
    if report.skipped and lessons.BROKEN in str(getattr(report, "wasxfail", "")):
        return "passed", ".", "PROVED"
    return None
