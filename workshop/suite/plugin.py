"""What every session of this repository's own tests needs: the app that it is about, what goes first, and cleaning up.

pytest calls the judge, and is not a part of it: tests/rules and tests/lessons ask the runner.
"""

from __future__ import annotations

import os

import pytest

from plimsoll import engine
from plimsoll.facts.run import helper, launch, orphans, ownership

pytest_plugins = ["workshop.suite.reporting", "workshop.suite.field", "workshop.suite.made"]

WITHIN = pytest.StashKey[bool]()
"""Whether a session runs within a test of another one, which still needs its containers."""
ABOUT_ONE = {"prod", "subject", "elsewhere", "server", "tool"}
"""What tests ask for that are about one production image; those that also ask for `own` compare it with another."""
LONGEST = ["builds", "new", "publishing", "builds of lessons", "compose"]
"""Groups of tests that take minutes each: begun last, they would keep one worker busy and the others waiting."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that narrow a run."""
    group = parser.getgroup("plimsoll")
    group.addoption("--app", action="append", default=[], help="run the rules on this app only (repeatable)")
    group.addoption("--image", action="append", default=[], metavar="APP=NAME", help="judge it as the app's production")
    group.addoption("--platform", default="", help="prove all production images for it that tests/platforms is about")


def given(config: pytest.Config) -> dict[str, str]:
    """The images that are judged in the place of production images, by app; none where all are judged as they are."""
    return dict(each.split("=", 1) for each in config.getoption("--image"))


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks, so that a misspelt one is an error."""
    config.stash[WITHIN] = "PYTEST_CURRENT_TEST" in os.environ
    config.addinivalue_line("markers", "app(name): is about this app alone")
    config.addinivalue_line("markers", "engine: asks a Docker Engine, as all do outside tests/library")
    # What tests write goes into images, whose users read it; temporary folders are closed to others all the same.
    os.umask(0o022)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of apps that were not asked for; begin with what takes long."""
    chosen = config.getoption("--app")
    others = [item for item in items if chosen and any(m.args[0] not in chosen for m in item.iter_markers("app"))]
    others += [item for item in items if item.name.endswith("[NOTSET]")]
    others += [item for item in items if given(config) and not _is_about_one(item)]
    if others:
        config.hook.pytest_deselected(items=others)
        left_out = set(others)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=_turn)


def _is_about_one(item: pytest.Item) -> bool:
    """Whether a test is about a production image, whichever it is, and needs no other."""
    asked = set(getattr(item, "fixturenames", ()))
    return bool(asked & ABOUT_ONE) and "own" not in asked


def _turn(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    name = group.args[0] if group else ""
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Let what tests start begin runs of its own, now that the workers know theirs: a check cleans its whole run up."""
    os.environ.pop(ownership.ENVIRONMENT, None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave no container behind, also after an interruption."""
    if session.config.stash[WITHIN]:
        return
    helper.close()
    launch.close()
    # In a worker, the run's other containers are still in use; where no engine answers there are none.
    if ownership.BEGAN and engine.answers():
        orphans.clean_up()
