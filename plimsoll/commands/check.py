"""Judging anybody's folder or image by the rules: what `plimsoll check` does."""

from __future__ import annotations

import re
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from docker.errors import APIError, ImageNotFound

from plimsoll import engine, interruption
from plimsoll.commands import targets
from plimsoll.containers import leavings
from plimsoll.errors import PlimsollError
from plimsoll.findings import Finding
from plimsoll.project import rules
from plimsoll.project.app import ROOT, Variant
from plimsoll.say import say
from plimsoll.suite.reporting import PROPERTY, rule_of, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.project.composition import Composition

PYTEST = (
    "--disable-plugin-autoload",
    "-pplimsoll.suite.plugin",
    "-pno:terminal",
    "-pno:cacheprovider",
    "-pno:unraisableexception",
    "--assert=plain",
    f"--rootdir={ROOT}",
    f"--config-file={ROOT / 'pyproject.toml'}",
    "--override-ini=addopts=--import-mode=importlib",
)
"""Nothing but the rules: other plugins take longer to load than an image takes to judge."""

TO_THE_END = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}
"""How pytest ends where all rules were asked."""


@dataclass
class Judgement:
    """What one rule said of one subject.

    Attributes:
        rule: its name.
        subject: the variant or compose file.
        findings: what it found; empty where the rule is kept.
        waived: why it may be broken, empty where it may not.
        unjudged: why it could not be judged, empty where it was.

    """

    rule: str
    subject: str
    findings: list[Finding] = field(default_factory=list)
    waived: str = ""
    unjudged: str = ""


class Judge:
    """The pytest plugin that says what is judged and hears what the rules say."""

    def __init__(self, subjects: targets.Subjects, wanted: set[str]) -> None:
        self.subjects = subjects
        self.wanted = wanted
        self.judgements: list[Judgement] = []
        self.unreadable = ""
        self.fault: BaseException | None = None
        self.unheard: set[str] = set()
        self.troubles: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Have no traceback drawn up: nobody sees one, and the option for that is the terminal's."""
        config.option.tbstyle = "native"

    def pytest_plimsoll_variants(self) -> list[Variant]:
        """The images."""
        return self.subjects.variants

    def pytest_plimsoll_compositions(self) -> list[Composition]:
        """The compose files."""
        return self.subjects.compositions

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the rules that were asked for."""
        items[:] = [item for item in items if item.name.partition("[")[0].removeprefix("test_") in self.wanted]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note of what a word is expected."""
        self.unheard = {item.nodeid for item in session.items}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a rule that can't be read: it must not look like a clean image."""
        if report.failed:
            self.unreadable = f"{report.nodeid} can't be read, {report.longreprtext.strip().splitlines()[-1]}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a rule said: its call, or why it never came to it."""
        if report.when == "teardown" and report.failed:
            self.troubles.append(f"after {rule_of(report)}, {_reason(report)}")
        if report.when == "teardown" or (report.when == "setup" and report.passed):
            return
        self.unheard.discard(report.nodeid)
        judgement = Judgement(rule_of(report), subject_of(report))
        properties = cast("list[tuple[str, tuple[str, str, str]]]", report.user_properties)
        found = [Finding(*value) for name, value in properties if name == PROPERTY]
        if report.skipped and (reason := getattr(report, "wasxfail", "")):
            judgement.waived = reason.removeprefix("reason: ").removeprefix("waived: ")
        elif report.skipped:
            judgement.unjudged = str(cast("tuple[str, int, str]", report.longrepr)[2]).removeprefix("Skipped: ")
        elif report.failed and found and report.when == "call":
            judgement.findings = found
        elif report.failed:
            judgement.unjudged = _reason(report)
        self.judgements.append(judgement)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note what ended the run."""
        self.fault = excinfo.value

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Note what ended the run, and have no traceback printed."""
        self.fault = excinfo.value
        return True

    def verdict(self, code: int) -> list[Judgement]:
        """What the rules said, where every one of them came to it.

        Args:
            code: how pytest says that it ended.

        Raises:
            PlimsollError: a rule can't be read.
            KeyboardInterrupt: the run was interrupted.
            Exception: the run ended by a fault of its own.

        """
        interruption.require_none()
        if self.unreadable:
            raise PlimsollError(self.unreadable, "mend that rule")
        if isinstance(self.fault, Exception | KeyboardInterrupt):
            raise self.fault
        if self.fault or self.unheard or code not in TO_THE_END:
            unheard = ", ".join(sorted(self.unheard)) or "none"
            raise RuntimeError(f"the rules' run ended by {code!r}, not heard of: {unheard}") from self.fault
        for trouble in self.troubles:
            say(trouble)
        return self.judgements


def _reason(report: pytest.TestReport) -> str:
    """Why a rule could not be judged: the error's own words, never a traceback."""
    crash = getattr(report.longrepr, "reprcrash", None)
    words = str(crash.message) if crash else str(report.longrepr).partition("\nwhy: ")[0]
    return re.sub(r"^(Failed|plimsoll\.errors\.PlimsollError): ", "", words)


def check(target: str, wanted: Iterable[str], options: targets.Options) -> list[Judgement]:
    """Judge a folder with a Dockerfile, or an image that the engine has; nothing is installed for that.

    Args:
        target: the folder, or the image's name.
        wanted: the names of the rules to judge by.
        options: how.

    Raises:
        PlimsollError: there is no such folder or image, or no engine answers, or it is too old.
        KeyboardInterrupt: it was interrupted.

    """
    if Path(target).exists():
        engine.found()
    else:
        # An image has been built: the plugins are not asked, which takes longer than the rules.
        engine.info()
    made: list[str] = []
    try:
        subjects = targets.subjects(target, made, options)
        for composed in subjects.compositions:
            composed.document  # noqa: B018 - one that compose refuses is told here, in one line
        judge = Judge(subjects, set(wanted))
        code = pytest.main([*PYTEST, str(rules.FOLDER)], plugins=[judge])
        return judge.verdict(code)
    finally:
        with interruption.held(), ExitStack() as stack:
            stack.callback(_remove, made)
            stack.callback(leavings.sweep)


def _remove(images: list[str]) -> None:
    for name in images:
        with suppress(ImageNotFound, APIError):
            engine.client().images.remove(name, force=True)
