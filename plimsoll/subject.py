"""What is judged: an image, what it is made from, and what is expected of it."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from plimsoll.errors import PlimsollError
from plimsoll.given import NOTHING, Given
from plimsoll.parsing.dockerfile import TESTS, Dockerfile, Stage, is_development

if TYPE_CHECKING:
    from pathlib import Path

    from plimsoll.expectations import Endpoint, Expectations, VariantExpectations
    from plimsoll.waivers import Standing

READY_TIMEOUT = 60.0
"""Seconds that a container may take until it is ready, on a machine that does other things too."""


@dataclass(frozen=True)
class Archive:
    """Where an image is that no engine has.

    Attributes:
        path: of an archive, or of a folder of OCI's layout.
        number: which of its images it is, from 0.
        offer: the digest of the index through which it is offered, or of its own manifest; empty where it is not.

    """

    path: Path
    number: int
    offer: str = ""


@dataclass(frozen=True)
class Remote:
    """Where an image is in a registry.

    Attributes:
        repository: the registry's host, and the path there.
        digest: of its manifest.
        offer: of the index through which it is offered, or of its own manifest.
        here: whether the engine has it too, so that containers of it can be started.

    """

    repository: str
    digest: str
    offer: str
    here: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of building an image.

    Attributes:
        error: why it did not build, empty where it did.
        unbuildable: why it can't be built on this machine, empty where it can.

    """

    error: str = ""
    unbuildable: str = ""


class _Unsaid:
    """The expectations of what has no plimsoll.toml: what reads them takes long to load, and text asks for none."""

    def __getattr__(self, name: str) -> object:
        from plimsoll.expectations import Expectations  # noqa: PLC0415

        return getattr(Expectations(), name)

    def __repr__(self) -> str:
        # What is known of a subject is kept under this.
        return "Expectations()"


@dataclass(frozen=True)
class Variant:
    """One image of an app, and what it is made from.

    Attributes:
        app: the app's name.
        name: the variant's name.
        image: the image's name.
        folder: the build context; None for an image without sources.
        file: the Dockerfile; None likewise.
        target: the stage that is built, None for the Dockerfile's last.
        given: what its build is given beside its folder.
        bake: the name of its target in the bake file.
        archive: where it is, where somebody saved it.
        remote: where it is, where it is read from a registry.
        expectations: those of the whole app.
        contextless: whether it is not known from what it is built, so that only its text can be judged.
        rung: whether it is a rung of a ladder.
        lesson: the rule whose lesson it is part of, empty for any other.
        deployed: whether it is meant for production, where its name does not tell; None where it does.
        isolated: whether its containers are kept from the network, since nobody here wrote them.
        starts: whether containers are started from it, where its name does not tell.
        patience: seconds that a container of it may take until it is ready.
        start_period: seconds that its own health check gives it for that.
        ports: those that it may listen on, the likeliest first, where nobody said which it is.
        outcome: what became of building it; None where it has not been built yet.

    """

    app: str
    name: str
    image: str
    folder: Path | None = None
    file: Path | None = None
    target: str | None = None
    given: Given = NOTHING
    bake: str = ""
    archive: Archive | None = None
    remote: Remote | None = None
    expectations: Expectations = field(default=cast("Expectations", _Unsaid()), compare=False)
    contextless: bool = False
    rung: bool = False
    lesson: str = ""
    deployed: bool | None = None
    isolated: bool = False
    starts: bool | None = None
    patience: float = READY_TIMEOUT
    start_period: float = 0.0
    ports: tuple[int, ...] = ()
    outcome: Outcome | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """As people say it: `go-gin:prod`, or the name of an image whose sources are not here."""
        return f"{self.app}:{self.name}" if self.folder else self.image

    @property
    def expected(self) -> VariantExpectations:
        """What is expected of this variant."""
        return self.expectations.of(self.name)

    def at(self, port: int | None) -> Variant:
        """The same, known to listen on a port, where that was not known."""
        if port is None or not self.ports:
            return self
        return replace(self, expectations=self.expectations.model_copy(update={"port": port}), ports=())

    @property
    def exceptions(self) -> list[Standing]:
        """What it may break, as its plimsoll.toml says it."""
        return [] if isinstance(self.expectations, _Unsaid) else self.expectations.waivers(self.name)

    @property
    def allowed(self) -> list[tuple[str, str]]:
        """The programs that are its purpose, as its plimsoll.toml says it: where that stands, and which."""
        return [] if isinstance(self.expectations, _Unsaid) else self.expectations.allowed(self.name)

    def without(self, program: str) -> Variant:
        """The same, were a program not its purpose."""
        return replace(self, expectations=self.expectations.without(program))

    @property
    def endpoints(self) -> list[Endpoint]:
        """The endpoints that it must answer."""
        return self.expectations.endpoints(self.name)

    @property
    def ours(self) -> bool:
        """Whether somebody says what it answers, who can waive a rule too."""
        return bool(self.bake or self.lesson or self.endpoints)

    @property
    def unknown(self) -> bool:
        """Whether nothing is known of it but what it says itself: somebody else's image, without a plimsoll.toml."""
        return not (self.ours or self.expected.environment)

    @property
    def offer(self) -> str:
        """The digest of what it is published as, an index or its own manifest; empty where it is not."""
        where = self.archive or self.remote
        return where.offer if where else ""

    @property
    def is_only_read(self) -> bool:
        """Whether no engine has it that could start it."""
        return self.archive is not None or (self.remote is not None and not self.remote.here)

    @property
    def has_no_image(self) -> bool:
        """Whether it is known not to build."""
        return self.outcome is not None and bool(self.outcome.error)

    @property
    def production(self) -> bool:
        """Whether it is meant to run in production."""
        if self.deployed is not None:
            return self.deployed
        return not (is_development(self.name) or self.rung)

    @property
    def started(self) -> bool:
        """Whether containers are started from it; `test` has done its work once it is built."""
        return self.name.lower() not in TESTS if self.starts is None else self.starts

    @property
    def dockerfile(self) -> Dockerfile:
        """Its Dockerfile, parsed.

        Raises:
            PlimsollError: it has none, or it does not parse.

        """
        if self.file is None:
            raise PlimsollError(f"{self} has no Dockerfile", "name a folder that has one")
        return _parsed(self.file, self.given.arguments)

    @property
    def stage(self) -> Stage:
        """The stage that it is.

        Raises:
            PlimsollError: the Dockerfile has no stage of that name.

        """
        dockerfile = self.dockerfile
        stage = dockerfile.stage(self.target) if self.target else dockerfile.last
        if stage is None:
            names = ", ".join(stage.name for stage in dockerfile.stages if stage.name)
            raise PlimsollError(f"{self.file} has no stage `{self.target}`", f"its stages are {names}")
        return stage


@functools.cache
def _parsed(file: Path, arguments: tuple[tuple[str, str], ...]) -> Dockerfile:
    return Dockerfile.read(file, dict(arguments))
