"""Judging anybody's folder or image by the rules: what `plimsoll check` does."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from docker.errors import APIError, ImageNotFound

from plimsoll import engine, engine_setup
from plimsoll.commands import targets
from plimsoll.containers import leavings
from plimsoll.errors import PlimsollError
from plimsoll.findings import Finding
from plimsoll.project import rules
from plimsoll.project.app import ROOT, Variant
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

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a rule that can't be read: it must not look like a clean image."""
        if report.failed:
            self.unreadable = f"{report.nodeid} can't be read, {report.longreprtext.strip().splitlines()[-1]}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a rule said: its call, or why it never came to it."""
        if report.when != "call" and (report.passed or report.when == "teardown"):
            return
        judgement = Judgement(rule_of(report), subject_of(report))
        properties = cast("list[tuple[str, tuple[str, str, str]]]", report.user_properties)
        found = [Finding(*value) for name, value in properties if name == PROPERTY]
        if report.skipped and (reason := getattr(report, "wasxfail", "")):
            judgement.waived = reason.removeprefix("reason: ").removeprefix("waived: ")
        elif report.skipped:
            judgement.unjudged = str(cast("tuple[str, int, str]", report.longrepr)[2]).removeprefix("Skipped: ")
        elif report.failed and found:
            judgement.findings = found
        elif report.failed:
            judgement.unjudged = _reason(report)
        self.judgements.append(judgement)


def _reason(report: pytest.TestReport) -> str:
    """Why a rule could not be judged: the error's own words, never a traceback."""
    crash = getattr(report.longrepr, "reprcrash", None)
    words = str(crash.message if crash else report.longrepr)
    return re.sub(r"^(Failed|plimsoll\.errors\.PlimsollError): ", "", words)


def check(target: str, wanted: Iterable[str], options: targets.Options) -> list[Judgement]:
    """Judge a folder with a Dockerfile, or an image that the engine has.

    Args:
        target: the folder, or the image's name.
        wanted: the names of the rules to judge by.
        options: how.

    Raises:
        PlimsollError: there is no such folder or image, or the engine can't be had.

    """
    if Path(target).exists():
        engine_setup.ensure()
    else:
        # An image has been built: the plugins are not asked, which takes longer than the rules.
        engine_setup.ensure_answering()
    made: list[str] = []
    try:
        subjects = targets.subjects(target, made, options)
        for composed in subjects.compositions:
            composed.document  # noqa: B018 - one that compose refuses is told here, in one line
        judge = Judge(subjects, set(wanted))
        pytest.main([*PYTEST, str(rules.FOLDER)], plugins=[judge])
        if judge.unreadable:
            raise PlimsollError(judge.unreadable, "mend that rule")
        return judge.judgements
    finally:
        leavings.sweep()
        for name in made:
            with suppress(ImageNotFound, APIError):
                engine.client().images.remove(name, force=True)
