"""Production images for another processor than the engine's: with `make test PLATFORM=...` all, else the cheapest."""

from dataclasses import replace

import pytest

from plimsoll import pairing
from plimsoll.errors import PlimsollError
from plimsoll.facts.build import memo
from plimsoll.facts.registry import Depth
from plimsoll.rule import every_rule
from workshop import build, emulation, foreign
from workshop.suite import plugin

CHEAPEST = "go-gin"
KINDS = {
    "elsewhere": lambda _: True,
    "server": lambda subject: subject.expected.serves,
    "tool": lambda subject: not subject.expected.serves,
}
"""What a test may ask for: any such image, one of a server, or one of a command."""


def pytest_generate_tests(metafunc):
    asked = next((name for name in ("rule", *KINDS) if name in metafunc.fixturenames), None)
    if asked is None:
        return
    platform, names = (metafunc.config.getoption(each) for each in ("--platform", "--app"))
    try:
        other = foreign.architecture(platform)
        judged = foreign.variants(other, names if platform else [CHEAPEST])
        given = plugin.given(metafunc.config)
        judged = [replace(each, image=given.get(each.app, each.image)) for each in judged]
    except PlimsollError as error:
        if platform:
            raise pytest.UsageError(str(error)) from error
        judged = []
    if asked == "rule":
        # What is judged by the sources is the same for every platform, and has been.
        rules = [rule for rule in every_rule().values() if rule.depth in {Depth.IMAGE, Depth.RUN} and platform]
        pairs = [
            pytest.param(rule, subject, id=f"{rule}-{subject.image}", marks=_together(subject))
            for rule, subject in pairing.pairs(rules, judged)
        ]
        metafunc.parametrize(("rule", "subject"), pairs)
    else:
        chosen = [
            pytest.param(subject, id=subject.image, marks=_together(subject))
            for subject in filter(KINDS[asked], judged)
        ]
        metafunc.parametrize(asked, chosen, indirect=True)


def _together(subject):
    # Whoever names an app wants no others.
    return [pytest.mark.xdist_group(subject.image), pytest.mark.app(subject.app)]


@pytest.fixture(scope="session")
def other():
    """The architecture that is not the engine's."""
    return foreign.architecture()


@pytest.fixture(scope="session")
def elsewhere(request, other):
    """A production image for that architecture, which is there."""
    return _built(request, other)


@pytest.fixture(scope="session")
def server(request, other):
    """The same of what listens and stays."""
    return _built(request, other)


@pytest.fixture(scope="session")
def tool(request, other):
    """The same of what answers by its exit code."""
    return _built(request, other)


def _built(request, other):
    if not request.config.getoption("--platform"):
        with memo.one_at_a_time():
            foreign.build_([request.param], other)
    return request.param


@pytest.fixture(scope="session")
def emulated(other):
    """Whether containers run programs of that architecture here."""
    if lacking := emulation.missing(other):
        pytest.skip(str(lacking))


@pytest.fixture(scope="session")
def own(elsewhere, other):
    """The same image for the engine's own platform."""
    name = elsewhere.image.removesuffix(f"-{other}")
    if not build.recorded().get(name):
        pytest.skip(f"{name} has not been built")
    return name
