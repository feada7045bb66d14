"""What the rules say of the subjects: told them, and heard from them, through pytest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from plimsoll import interruption
from plimsoll.containers import helper
from plimsoll.errors import PlimsollError
from plimsoll.findings import Finding
from plimsoll.project import bases
from plimsoll.project.app import Variant
from plimsoll.say import say
from plimsoll.suite.reporting import PROPERTY, rule_of

if TYPE_CHECKING:
    from pathlib import Path

    from plimsoll.commands.targets import Subjects
    from plimsoll.project.composition import Composition

TO_THE_END = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}
"""How pytest ends where all rules were asked."""

STARTS = {"tried", "outside"}
"""Of these, a rule that starts a container asks for one at least, itself or through what it asks for."""


@dataclass
class Judgement:
    """What one rule said of one subject.

    Attributes:
        rule: its name.
        subject: the variant or compose file.
        findings: what it found; empty where the rule is kept.
        waived: why it may be broken, empty where it may not.
        unjudged: why it could not be judged, empty where it was.
        folder: the folder that is judged; None for an image of which no more is known.
        file: the Dockerfile or compose file in it.
        line: of that file, where the subject begins.

    """

    rule: str
    subject: str
    findings: list[Finding] = field(default_factory=list)
    waived: str = ""
    unjudged: str = ""
    folder: Path | None = None
    file: Path | None = None
    line: int = 1


class Judge:
    """The pytest plugin that says what is judged and hears what the rules say.

    Args:
        subjects: what is judged.
        wanted: the names of the rules to judge by.

    """

    def __init__(self, subjects: Subjects, wanted: set[str]) -> None:
        self._subjects = subjects
        self._wanted = wanted
        self._judgements: list[Judgement] = []
        self._items: dict[str, pytest.Item] = {}
        self._unheard: set[str] = set()
        self._unreadable = ""
        self._fault: BaseException | None = None
        self._troubles: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Have no traceback drawn up: nobody sees one, and the option for that is the terminal's."""
        config.option.tbstyle = "native"

    def pytest_plimsoll_variants(self) -> list[Variant]:
        """The images."""
        return self._subjects.variants

    def pytest_plimsoll_compositions(self) -> list[Composition]:
        """The compose files."""
        return self._subjects.compositions

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave the rules that were asked for, and have the helper for those that start containers."""
        items[:] = [item for item in items if item.name.partition("[")[0].removeprefix("test_") in self._wanted]
        starting = [item for item in items if not STARTS.isdisjoint(getattr(item, "fixturenames", ()))]
        if starting and not _have_helper(config):
            for item in starting:
                item.add_marker(pytest.mark.skip(reason=f"helper {helper.IMAGE} can't be had"))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note of what a word is expected."""
        self._items = {item.nodeid: item for item in session.items}
        self._unheard = set(self._items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a rule that can't be read: it must not look like a clean image."""
        if report.failed:
            self._unreadable = f"{report.nodeid} can't be read, {report.longreprtext.strip().splitlines()[-1]}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a rule said: its call, or why it never came to it."""
        if report.when == "teardown" and report.failed:
            self._troubles.append(f"after {rule_of(report)}, {_reason(report)}")
        if report.when == "teardown" or (report.when == "setup" and report.passed):
            return
        self._unheard.discard(report.nodeid)
        judgement = self._judgement(report)
        properties = cast("list[tuple[str, tuple[str, str, str]]]", report.user_properties)
        found = [Finding(*map(self._shown, value)) for name, value in properties if name == PROPERTY]
        if report.skipped and (reason := getattr(report, "wasxfail", "")):
            judgement.waived = reason.removeprefix("reason: ").removeprefix("waived: ")
        elif report.skipped:
            reason = str(cast("tuple[str, int, str]", report.longrepr)[2]).removeprefix("Skipped: ")
            judgement.unjudged = self._shown(reason)
        elif report.failed and found and report.when == "call":
            judgement.findings = found
        elif report.failed:
            judgement.unjudged = self._shown(_reason(report))
        self._judgements.append(judgement)

    def _judgement(self, report: pytest.TestReport) -> Judgement:
        """One with nothing said yet, about the subject that the rule was given."""
        given: dict[str, Any] = cast("Any", self._items[report.nodeid]).callspec.params
        subject: Variant | Composition = given.get("variant") or given["composition"]
        judgement = Judgement(rule_of(report), self._shown(str(subject)), file=subject.file)
        if isinstance(subject, Variant):
            judgement.folder = subject.folder
            judgement.line = subject.stage.line if subject.file else 1
        else:
            judgement.folder = subject.file.parent
        return judgement

    def _shown(self, words: str) -> str:
        """Words with a subject's own name for an image that was built for this run only, under a name of this run."""
        for variant in sorted(self._subjects.variants, key=lambda each: -len(each.image)):
            if variant.folder:
                words = words.replace(variant.image, str(variant))
        # A name in an image may be of other bytes than text, which no output takes.
        return words.encode(errors="replace").decode()

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note what ended the run."""
        self._fault = excinfo.value

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Note what ended the run, and have no traceback printed."""
        self._fault = excinfo.value
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
        if self._unreadable:
            raise PlimsollError(self._unreadable, "mend that rule")
        if isinstance(self._fault, Exception | KeyboardInterrupt):
            raise self._fault
        if self._fault or self._unheard or code not in TO_THE_END:
            unheard = ", ".join(sorted(self._unheard)) or "none"
            raise RuntimeError(f"the rules' run ended by {code!r}, not heard of: {unheard}") from self._fault
        for trouble in self._troubles:
            say(trouble)
        return self._judgements


def _have_helper(config: pytest.Config) -> bool:
    """Whether the helper's image is here, which is pulled where it is not; why it can't be had is told."""
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        try:
            bases.ensure({helper.IMAGE: "what looks at containers"}, install=False)
        except PlimsollError as error:
            say(f"helper {helper.IMAGE} can't be had, what starts containers is not judged: {error}")
            return False
    return True


def _reason(report: pytest.TestReport) -> str:
    """Why a rule could not be judged: the error's own words, never a traceback."""
    crash = getattr(report.longrepr, "reprcrash", None)
    words = str(crash.message) if crash else str(report.longrepr).partition("\nwhy: ")[0]
    return re.sub(r"^(Failed|plimsoll\.errors\.PlimsollError): ", "", words)
