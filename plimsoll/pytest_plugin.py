"""Which rules run on which variants, and the facts that they are given.

A rule asks for `variant`, `dockerfile`, `facts`, `running`, `confined` or `stopped`; it is then run once for every
variant that it applies to. Every fact is gathered once for a variant, and pytest-xdist is told to keep the rules of
one variant together.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import pytest

from plimsoll import app, build, container, image, report
from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from _pytest.terminal import TerminalReporter

    from plimsoll.app import Variant
    from plimsoll.container import Container, Stop
    from plimsoll.dockerfile import Dockerfile
    from plimsoll.image import Image

MARKS = {
    "deployed": "applies only to variants that are meant for production",
    "started": "applies only to variants that containers are started from",
    "serves": "applies only to variants that listen and stay",
    "app(name)": "is about this app alone",
    "only(*names)": "applies only to the variants of these names",
}
RULES = app.ROOT / "tests/rules"
NEEDS_START = {"running", "confined", "stopped"}
NEEDS_IMAGE = {"facts", *NEEDS_START}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that narrow a run."""
    group = parser.getgroup("plimsoll")
    group.addoption("--app", action="append", default=[], help="run the rules on this app only (repeatable)")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks, so that a misspelt one is an error."""
    for mark, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a rule every variant, or every Dockerfile, that it applies to."""
    if "variant" not in metafunc.fixturenames:
        return
    try:
        candidates = app.select(metafunc.config.getoption("--app"))
    except PlimsollError as error:
        raise pytest.UsageError(str(error)) from error
    if "dockerfile" in metafunc.fixturenames:
        candidates = list({variant.file: variant for variant in candidates}.values())
    marks = list(metafunc.definition.iter_markers())
    parameters = [
        pytest.param(variant, id=str(variant), marks=_marks(metafunc.function.__name__, variant))
        for variant in candidates
        if _applies(marks, set(metafunc.fixturenames), variant)
    ]
    metafunc.parametrize("variant", parameters, scope="session", indirect=True)


def _applies(marks: list[pytest.Mark], wants: set[str], variant: Variant) -> bool:
    expected = variant.expected
    starts = not expected.does_not_start and variant.started
    if wants & NEEDS_START and not starts:
        return False
    if wants & NEEDS_IMAGE and (built := build.recorded().get(variant.image)) and built.unbuildable:
        return False
    conditions = {
        "deployed": variant.deployed,
        "started": variant.started,
        "serves": expected.serves and starts,
    }
    return all(variant.name in mark.args if mark.name == "only" else conditions.get(mark.name, True) for mark in marks)


def _marks(function: str, variant: Variant) -> list[pytest.MarkDecorator]:
    marks = [pytest.mark.xdist_group(variant.image)]
    reason = variant.expected.waive.get(function.removeprefix("test_"))
    if reason:
        # Strict: a waiver of a rule that is kept after all is an error, so that none outlives its reason.
        marks.append(pytest.mark.xfail(raises=AssertionError, strict=True, reason=f"waived: {reason}"))
    return marks


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of apps that were not asked for."""
    chosen = config.getoption("--app")
    others = [item for item in items if chosen and any(m.args[0] not in chosen for m in item.iter_markers("app"))]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session")
def variant(request: pytest.FixtureRequest) -> Variant:
    """The image under judgement, and what it is made from."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def dockerfile(variant: Variant) -> Dockerfile:
    """The Dockerfile under judgement; each file once, however many variants it builds."""
    return variant.dockerfile


@pytest.fixture(scope="session")
def built(variant: Variant) -> str:
    """The name of an image that is known to have been built."""
    result = build.recorded().get(variant.image)
    if result is None:
        pytest.fail(f"{variant.image} has not been built yet: run `make test`", pytrace=False)
    if result.error:
        pytest.fail(f"{variant.image} does not build (see test_builds)", pytrace=False)
    return variant.image


@pytest.fixture(scope="session")
def facts(built: str) -> Image:
    """Facts about the image, from its archive."""
    return image.read(built)


@pytest.fixture(scope="session")
def running(variant: Variant, built: str) -> Iterator[Container]:
    """A container of the image, started as it is and answering if it serves."""
    yield from _started(variant, built)


@pytest.fixture(scope="session")
def confined(variant: Variant, built: str) -> Iterator[Container]:
    """A container of the image under the least privilege that an engine can give."""
    yield from _started(variant, built, **container.LEAST_PRIVILEGE)


@pytest.fixture(scope="session")
def stopped(variant: Variant, built: str) -> Stop:
    """How a container of the image ends when it is told to stop."""
    with contextlib.contextmanager(_started)(variant, built) as running:
        return running.stop()


def _started(variant: Variant, built: str, **options: Any) -> Iterator[Container]:  # noqa: ANN401
    expected = variant.expected
    with container.started(
        built, port=expected.port, environment=expected.environment, command=expected.command, **options
    ) as running:
        try:
            if expected.serves:
                running.wait_until_answering()
        except PlimsollError as error:
            pytest.fail(str(error), pytrace=False)
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell a broken rule in its own words: a reader needs no traceback of a rule that works."""
    report = yield
    if report.failed and RULES in item.path.parents and report.longrepr:
        message = re.sub(r"^AssertionError: |\nassert .*", "", _message(report), flags=re.DOTALL)
        why = (getattr(item, "function", None).__doc__ or "").strip()
        report.longrepr = f"{message}\nwhy: {why}\nrule: {report.location[0]}:{(report.location[1] or 0) + 1}"
    return report


def _message(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave no container behind, also after an interruption."""
    if not _is_worker(session.config):
        container.sweep()


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """End with what was measured: sizes against budgets, and which bases were stand-ins."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    if not any(getattr(report, "nodeid", "").startswith("tests/rules/") for report in reports):
        return
    chosen = [variant for variant in app.select(config.getoption("--app")) if build.recorded().get(variant.image)]
    if not chosen:
        return
    terminalreporter.section("images")
    terminalreporter.write(report.text(report.sizes(chosen), terminalreporter._tw.fullwidth))


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
