"""What rules about running containers are given; each container serves every rule that does it no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plimsoll.containers import container, experiments, health, helper
from plimsoll.containers.outside import Outside
from plimsoll.containers.traces import Traces
from plimsoll.containers.trial import Trial, trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.containers.container import Container, Stop
    from plimsoll.containers.experiments import Bare, Drain, Strain
    from plimsoll.containers.health import Hang, Health
    from plimsoll.project.app import Variant


@pytest.fixture(scope="session")
def outside() -> Outside:
    """The helper's view, in which containers are looked at."""
    return Outside(helper.helper())


@pytest.fixture(scope="session")
def tried(variant: Variant, built: str) -> Iterator[Trial]:
    """A container of the image, started as it is, whether it serves or not."""
    with trial(variant, **health.quickened(built)) as tried:
        yield tried


@pytest.fixture(scope="session")
def serving(tried: Trial) -> Trial:
    """The same, where it serves: nothing can be learned from one that does not, and nobody waits for it again."""
    if tried.problem:
        pytest.skip(f"{tried.variant} does not serve: answers_its_endpoints says why")
    return tried


@pytest.fixture(scope="session")
def running(serving: Trial) -> Container:
    """A container of the image, started as it is and answering if it serves."""
    return serving.container


@pytest.fixture(scope="session")
def traces(serving: Trial, outside: Outside) -> Traces:
    """What that container leaves behind while it serves."""
    return Traces(serving, outside)


@pytest.fixture(scope="session")
def healthy(serving: Trial) -> Health:
    """What its health check says of it."""
    return health.settled(serving)


@pytest.fixture(scope="session")
def hung(serving: Trial, healthy: Health, outside: Outside) -> Hang:
    """What its health check says of it while it hangs."""
    return health.hang(serving.container, healthy, outside)


@pytest.fixture(scope="session")
def confined(serving: Trial) -> Iterator[Trial]:
    """Another container of the image, under the least privilege that an engine can give."""
    with trial(serving.variant, **container.LEAST_PRIVILEGE) as tried:
        yield tried


@pytest.fixture(scope="session")
def stopped(serving: Trial) -> Stop:
    """How a container of the image ends when it is told to stop."""
    return experiments.stop(serving.variant)


@pytest.fixture(scope="session")
def drained(serving: Trial, outside: Outside) -> Drain:
    """What became of a request that was on its way when a container of the image was told to stop."""
    return experiments.drain(serving, outside)


@pytest.fixture(scope="session")
def strained(serving: Trial, outside: Outside) -> Strain:
    """What memory a container of the image needs."""
    return experiments.strain(serving.variant, outside)


@pytest.fixture(scope="session")
def revived(serving: Trial, outside: Outside) -> str:
    """Why a container of the image does not serve again after it was killed, empty where it does."""
    return experiments.revival(serving.variant, outside)


@pytest.fixture(scope="session")
def alone(serving: Trial) -> str:
    """Why a container of the image does not serve without a network, empty where it does."""
    return experiments.alone(serving.variant)


@pytest.fixture(scope="session")
def bare(serving: Trial) -> Bare:
    """What a container of the image does without the environment that it is otherwise started with."""
    return experiments.bare(serving.variant)
