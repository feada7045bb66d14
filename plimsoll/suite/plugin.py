"""Which rules run on which variants, and the facts that they are given.

A rule asks for `variant`, `dockerfile`, `facts`, `running`, `confined`, `stopped` or `composition`; it is then run once
for every variant, Dockerfile or compose file that it applies to. Every fact is gathered once for a variant, and
pytest-xdist is told to keep the rules of one variant together, and those that build again.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from plimsoll.builds import build, rebuild
from plimsoll.builds import context as contexts
from plimsoll.containers import helper, leavings, ownership
from plimsoll.errors import PlimsollError
from plimsoll.images import image
from plimsoll.project import composition as compositions
from plimsoll.project import lessons, subjects
from plimsoll.suite import hooks
from plimsoll.texts import linters

if TYPE_CHECKING:
    from plimsoll.builds.context import Context
    from plimsoll.images.image import Image
    from plimsoll.project.app import Variant
    from plimsoll.project.composition import Composition
    from plimsoll.project.dockerfile import Dockerfile

pytest_plugins = ["plimsoll.suite.build_fixtures", "plimsoll.suite.container_fixtures", "plimsoll.suite.reporting"]

MARKS = {
    "deployed": "applies only to variants and compose files that are meant for production",
    "started": "applies only to variants that containers are started from",
    "serves": "applies only to variants that listen and stay",
    "promises": "applies only to variants of which plimsoll.toml names endpoints",
    "configured": "applies only to variants that plimsoll.toml gives an environment",
    "budgeted": "applies only to variants that have a budget",
    "sources": "applies only to variants that are built from a folder",
    "uses(*names)": "applies only to variants whose build makes use of all of these: see rebuild.uses",
    "app(name)": "is about this app alone",
}
WITHIN = pytest.StashKey[bool]()
"""Whether a session runs within a test of another one, which still needs its containers."""
NEEDS_START = "tried"
"""What every fixture begins with that starts a container."""
EXPERIMENTS = {"copied", "tested", "repeated", "leaked"}
"""Fixtures that build again, for minutes."""
LONGEST = ["builds", "new", "compose"]
"""Groups of tests that take minutes each: begun last, they would keep one worker busy and the others waiting."""
NEEDS_IMAGE = "built"
"""What every fixture begins with that has to do with an image."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let a command that judges something else than this repository say what."""
    pluginmanager.add_hookspecs(hooks)


@pytest.hookimpl(trylast=True)
def pytest_plimsoll_variants(config: pytest.Config) -> list[Variant]:
    """By default those of the apps and of the lessons."""
    return subjects.select(config.getoption("--app"))


@pytest.hookimpl(trylast=True)
def pytest_plimsoll_compositions(config: pytest.Config) -> list[Composition]:
    """By default those of the repository and of the lessons."""
    return compositions.select(config.getoption("--app"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that narrow a run."""
    group = parser.getgroup("plimsoll")
    group.addoption("--app", action="append", default=[], help="run the rules on this app only (repeatable)")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks, so that a misspelt one is an error."""
    config.stash[WITHIN] = "PYTEST_CURRENT_TEST" in os.environ
    for mark, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a rule every variant, Dockerfile or compose file that it applies to."""
    rule = metafunc.function.__name__.removeprefix("test_")
    hook = metafunc.config.hook
    try:
        if "composition" in metafunc.fixturenames:
            deployed = metafunc.definition.get_closest_marker("deployed") is not None
            found = hook.pytest_plimsoll_compositions(config=metafunc.config)
            found = [each for each in found if each.production or not deployed]
            parameters = [pytest.param(each, id=str(each), marks=_marks(rule, each)) for each in found]
            metafunc.parametrize("composition", parameters, scope="session", indirect=True)
            return
        if "variant" not in metafunc.fixturenames:
            return
        candidates = hook.pytest_plimsoll_variants(config=metafunc.config)
    except PlimsollError as error:
        raise pytest.UsageError(str(error)) from error
    if "dockerfile" in metafunc.fixturenames:
        candidates = list({variant.file: variant for variant in candidates if variant.file}.values())
    marks = list(metafunc.definition.iter_markers())
    builds = not EXPERIMENTS.isdisjoint(metafunc.fixturenames)
    parameters = [
        pytest.param(variant, id=str(variant), marks=_marks(rule, variant, builds=builds))
        for variant in candidates
        if _applies(marks, set(metafunc.fixturenames), variant)
    ]
    metafunc.parametrize("variant", parameters, scope="session", indirect=True)


def _applies(marks: list[pytest.Mark], wants: set[str], variant: Variant) -> bool:
    expected = variant.expected
    starts = not expected.does_not_start and variant.started
    if NEEDS_START in wants and not starts:
        return False
    # That it does not build is what the rule about it says.
    if NEEDS_IMAGE in wants and (built := build.recorded().get(variant.image)) and (built.unbuildable or built.error):
        return False
    if "context" in wants and not contexts.sources(variant.dockerfile):
        return False
    conditions = {
        "deployed": variant.deployed,
        "started": variant.started,
        "serves": expected.serves and starts and bool(expected.port),
        "promises": bool(variant.endpoints),
        "configured": bool(expected.environment),
        "budgeted": expected.max_size is not None,
        "sources": variant.folder is not None,
    }
    for mark in marks:
        if mark.name == "uses" and not rebuild.uses(variant).issuperset(mark.args):
            return False
    return all(conditions.get(mark.name, True) for mark in marks)


def _marks(rule: str, subject: Variant | Composition, *, builds: bool = False) -> list[pytest.MarkDecorator]:
    # One build at a time: they stay in one worker, so that no other waits for its turn.
    marks = [pytest.mark.xdist_group("builds" if builds else str(subject))]
    if subject.lesson == rule and subject.name == "bad":
        # Strict: a rule that its own bad example keeps is no rule.
        marks.append(pytest.mark.xfail(raises=AssertionError, strict=True, reason=lessons.BROKEN))
    elif reason := subject.waived.get(rule):
        # Strict: a waiver of a rule that is kept after all is an error, so that none outlives its reason.
        marks.append(pytest.mark.xfail(raises=AssertionError, strict=True, reason=f"waived: {reason}"))
    return marks


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of apps that were not asked for and rules that apply to nothing; begin with what takes long."""
    chosen = config.getoption("--app")
    others = [item for item in items if chosen and any(m.args[0] not in chosen for m in item.iter_markers("app"))]
    others += [item for item in items if item.name.endswith("[NOTSET]")]
    if others:
        config.hook.pytest_deselected(items=others)
        left_out = set(others)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    name = group.args[0] if group else ""
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


@pytest.fixture(scope="session")
def variant(request: pytest.FixtureRequest) -> Variant:
    """The image under judgement, and what it is made from."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def composition(request: pytest.FixtureRequest) -> Composition:
    """The compose file under judgement, as compose resolves it."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def dockerfile(variant: Variant) -> Dockerfile:
    """The Dockerfile under judgement; each file once, however many variants it builds."""
    return variant.dockerfile


@pytest.fixture
def remarks(request: pytest.FixtureRequest, variant: Variant, dockerfile: Dockerfile) -> list[tuple[str, str]]:  # noqa: ARG001 - once a Dockerfile
    """What BuildKit's linter and hadolint say of the Dockerfile that belongs to the rule which asks."""
    return linters.owned(variant, request.function.__name__.removeprefix("test_"))


@pytest.fixture(scope="session")
def context(variant: Variant, dockerfile: Dockerfile) -> Context:  # noqa: ARG001 - once a Dockerfile
    """What of the Dockerfile's folder reaches the builder."""
    return contexts.measured(variant)


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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave no container behind, also after an interruption."""
    if session.config.stash[WITHIN]:
        return
    helper.close()
    # In a worker, the run's other containers are still in use.
    if ownership.BEGAN:
        leavings.sweep()
