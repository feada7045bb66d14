"""The facts that take more than reading, by name: what rules can ask for, and what each is gathered from.

A fact is a function whose parameters are the facts that it needs; the modules beside this one do the measuring.
`kept` facts hold for every image of the same content: whoever asks second starts no container.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll import engine, inputs
from plimsoll.errors import DependentError, NotJudgedError
from plimsoll.facts.build import canary, memo, platforms, rebuild, repeat
from plimsoll.facts.build import context as contexts
from plimsoll.facts.build import dropped as drops
from plimsoll.facts.build.asked import Search
from plimsoll.facts.image import base as bases
from plimsoll.facts.image import image as images
from plimsoll.facts.image import offers, saved
from plimsoll.facts.image.base import Base
from plimsoll.facts.registry import Depth, fact
from plimsoll.facts.run import confinement, ending, experiments, flight, helper
from plimsoll.facts.run import health as health_checks
from plimsoll.facts.run import side_effects as effects
from plimsoll.facts.run.confinement import Failure
from plimsoll.facts.run.ending import Ending
from plimsoll.facts.run.experiments import MemoryUse, WithoutEnvironment
from plimsoll.facts.run.flight import GracefulShutdown, Slow
from plimsoll.facts.run.health import Frozen, Health
from plimsoll.facts.run.outside import Outside
from plimsoll.facts.run.side_effects import SideEffects
from plimsoll.facts.run.trial import Answers, Trial, trial
from plimsoll.facts.text import linters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.build.context import Context
    from plimsoll.facts.build.dropped import Dropped
    from plimsoll.facts.build.platforms import OtherPlatform
    from plimsoll.facts.build.rebuild import FailingTestBuild, IncrementalBuild
    from plimsoll.facts.build.repeat import ReproducibleBuild
    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.offers import Offer
    from plimsoll.facts.text.linters import Owned
    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.subject import Outcome, Variant


@fact(Depth.IMAGE)
def build_checks(subject: Variant, dockerfile: Dockerfile) -> Owned:  # noqa: ARG001 - of its text
    """What BuildKit's own linter says, by the name of the rule that it belongs to."""
    return linters.of_buildkit(subject)


@fact(Depth.IMAGE)
def context(subject: Variant, dockerfile: Dockerfile) -> Context:  # noqa: ARG001
    """What of the Dockerfile's folder reaches the builder."""
    return contexts.measured(subject)


@fact(Depth.IMAGE)
def outcome(subject: Variant) -> Outcome:
    """What became of building the image, where that was tried."""
    if subject.outcome is None:
        raise NotJudgedError("it has not been built yet")
    if subject.outcome.unbuildable:
        raise NotJudgedError(subject.outcome.unbuildable)
    return subject.outcome


@fact(Depth.IMAGE)
def built(subject: Variant, outcome: Outcome) -> str:
    """The name of an image that is known to have been built."""
    if outcome.error:
        raise NotJudgedError("it does not build: build.builds says why")
    return subject.image


@fact(Depth.IMAGE)
def image(built: str, subject: Variant) -> Image:
    """The image: its configuration, its layers, its files."""
    if subject.archive:
        return saved.read(subject.archive.path, subject.archive.number)
    if subject.remote:
        # Not before: most images are in no registry, and what asks one takes long to load.
        from plimsoll.facts.image import remote  # noqa: PLC0415

        return remote.read(subject.remote.repository, subject.remote.digest, subject.image)
    return images.read(built)


@fact(Depth.IMAGE)
def offer(subject: Variant) -> Offer:
    """What is published under its name: the index, the images for each platform, and what is attested of them."""
    if subject.archive:
        return offers.read(subject.offer, saved.Layout(subject.archive.path))
    if subject.remote:
        from plimsoll.facts.image import remote  # noqa: PLC0415

        return offers.read(subject.offer, remote.Published(subject.remote.repository))
    raise NotJudgedError("it is not published: name it with its registry and its digest")


@fact(Depth.IMAGE)
def base(subject: Variant, image: Image) -> Base:
    """What of the image its base brought."""
    if subject.file is None:
        return bases.of(image)
    lineage = subject.dockerfile.lineage(subject.stage)
    keywords = [step.keyword for stage in reversed(lineage) for step in stage.instructions]
    return bases.of(image, keywords, lineage[-1].base) if lineage[-1].base != "scratch" else Base()


@fact(Depth.IMAGE)
def asked(subject: Variant, image: Image) -> Search:
    """What the program asks for and where it writes, as far as its command and its text tell."""
    return Search(image, subject.folder)


@fact(Depth.IMAGE)
def dropped(image: Image, asked: Search, context: Context) -> list[Dropped]:
    """What the program asks for, is in the folder, and was kept out of the image by the ignore file."""
    return list(drops.of(image, asked, context))


@fact(Depth.IMAGE)
def content(subject: Variant, built: str, outside: Outside) -> str:  # noqa: ARG001 - of what containers do
    """All that decides what a container of the image does: what is in it, how it is started, and by which engine."""
    attributes = engine.client().images.get(built).attrs
    return inputs.digest(
        configuration={name: value for name, value in attributes["Config"].items() if name != "Labels"},
        layers=attributes["RootFS"],
        expected=subject.expected.model_dump(exclude={"waive", "max_size", "static", "exit_codes", "allow"}),
        endpoints=[each.model_dump() for each in subject.endpoints],
        how=[subject.isolated, subject.patience, subject.start_period, subject.ports, subject.unknown],
        helper=inputs.images([helper.IMAGE]),
        tools=inputs.tools(),
        code=inputs.code(*memo.CODE),
    )


@fact(Depth.BUILD)
def incremental_build(subject: Variant, built: str) -> IncrementalBuild:  # noqa: ARG001 - only of what builds
    """What a change of a source, and one of README.md, makes a build do again."""
    return rebuild.incremental_build(subject)


@fact(Depth.BUILD)
def failing_test_build(subject: Variant, built: str) -> FailingTestBuild:  # noqa: ARG001
    """What became of the test stage with a test in it that fails."""
    return rebuild.failing_test_build(subject)


@fact(Depth.BUILD)
def reproducible_build(subject: Variant, built: str) -> ReproducibleBuild:  # noqa: ARG001
    """How a second build differs from the first."""
    return repeat.reproducible_build(subject)


@fact(Depth.BUILD)
def other_platform(subject: Variant, built: str) -> OtherPlatform:  # noqa: ARG001
    """What a build for another platform than the builder's ends with."""
    return platforms.other_platform(subject)


@fact(Depth.BUILD)
def leaked_secrets(subject: Variant, built: str) -> list[tuple[str, str]]:  # noqa: ARG001
    """The places in which a build's secrets are found afterwards."""
    return canary.leaked_secrets(subject)


@fact(Depth.RUN)
def outside() -> Outside:
    """The helper's view, in which containers are looked at."""
    return Outside(helper.helper())


@fact(Depth.RUN, turns=True)
def started(subject: Variant, built: str, outside: Outside) -> Iterator[Trial]:  # noqa: ARG001 - reached by it
    """A container of the image, started as it is, whether it serves or not; each that uses it does it no harm."""
    with trial(subject, **health_checks.quickened(built)) as tried:
        yield tried


@fact(Depth.RUN, kept=Answers, turns=True)
def answers(started: Trial) -> Answers:
    """What it answers, or why it does not serve."""
    return started.asked


@fact(Depth.RUN)
def serves(answers: Answers) -> bool:
    """That it serves: nothing can be learned from one that does not, and nobody waits for it again."""
    if answers.problem:
        raise DependentError("it does not serve: run.answers_its_endpoints says why", "answers_its_endpoints")
    return True


@fact(Depth.RUN)
def server(subject: Variant, answers: Answers, serves: bool) -> Variant:  # noqa: ARG001 - only of what serves
    """The image, with the port on which it was found to serve."""
    return subject.at(answers.port)


@fact(Depth.RUN, kept=Health, turns=True)
def health(started: Trial, serves: bool) -> Health:  # noqa: ARG001 - only of what serves
    """What its health check says of it."""
    return health_checks.settled(started)


@fact(Depth.RUN, kept=Frozen, turns=True)
def frozen(started: Trial, health: Health, outside: Outside) -> Frozen:
    """What its health check says of it while it hangs."""
    return health_checks.freeze(started.container, health, outside)


@fact(Depth.RUN, kept=SideEffects, turns=True)
def side_effects(started: Trial, serves: bool, outside: Outside) -> SideEffects:  # noqa: ARG001
    """What it leaves behind while it serves: ports, files, logs, processes."""
    return effects.of(started, outside)


@fact(Depth.RUN, kept=bool)
def deserted(server: Variant, health: Health) -> bool:
    """Whether its health check passes in a container in which the server does not run."""
    return health_checks.deserted(server, health)


@fact(Depth.RUN, kept=list[Failure])
def least_privilege(server: Variant, answers: Answers) -> list[Failure]:
    """What fails in another container under the least privilege that an engine can give, and for want of what."""
    return confinement.least_privilege(server, answers)


@fact(Depth.RUN, kept=Ending)
def stopped(server: Variant, outside: Outside) -> Ending:
    """How a container ends when it is told to stop, and which of its processes is told."""
    return ending.stop(server, outside)


@fact(Depth.RUN, kept=list[Slow], turns=True)
def takes_time(started: Trial, answers: Answers, server: Variant) -> list[Slow]:  # noqa: ARG001 - only of one
    """Requests of which the answer takes its time, where no endpoint is promised that could be asked instead."""
    return [] if answers.met else flight.slow(started.container)


@fact(Depth.RUN, kept=GracefulShutdown)
def graceful_shutdown(server: Variant, answers: Answers, takes_time: list[Slow], outside: Outside) -> GracefulShutdown:
    """What became of a request that was on its way when a container was told to stop."""
    return flight.graceful_shutdown(server, answers.met, takes_time, outside)


@fact(Depth.RUN, kept=MemoryUse)
def under_memory_limit(server: Variant, outside: Outside) -> MemoryUse:
    """What memory a container needs."""
    return experiments.under_memory_limit(server, outside)


@fact(Depth.RUN, kept=str)
def restarted_after_kill(server: Variant, outside: Outside) -> str:
    """Why a container does not serve again after it was killed, empty where it does."""
    return experiments.restarted_after_kill(server, outside)


@fact(Depth.RUN, kept=str)
def offline(server: Variant) -> str:
    """Why a container does not serve without a network, empty where it does."""
    return experiments.offline(server)


@fact(Depth.RUN, kept=WithoutEnvironment)
def without_environment(server: Variant) -> WithoutEnvironment:
    """What a container does without the environment that it is otherwise started with."""
    return experiments.without_environment(server)
