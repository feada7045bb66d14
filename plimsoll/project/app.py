"""The apps of a repository and their variants, as the bake file and the folders say."""

from __future__ import annotations

import functools
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plimsoll.errors import PlimsollError
from plimsoll.project import expectations
from plimsoll.project.dockerfile import Dockerfile, Stage
from plimsoll.project.expectations import Endpoint, Expectations, VariantExpectations

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
PREFIX = "plimsoll/"

PATIENCE = 60.0
"""Seconds that a container may take until it is ready, on a machine that does other things too."""

DEVELOPMENT = ("single", "dev", "test", "debug")
"""Variants that are never deployed."""


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
        bake: the name of its target in the bake file.
        expectations: those of the whole app.
        rung: whether it is a rung of a ladder.
        lesson: the rule whose lesson it is part of, empty for any other.
        production: whether it is deployed, where its name does not tell; None where it does.
        isolated: whether its containers are kept from the network, since nobody here wrote them.
        starts: whether containers are started from it, where its name does not tell.
        patience: seconds that a container of it may take until it is ready.

    """

    app: str
    name: str
    image: str
    folder: Path | None = None
    file: Path | None = None
    target: str | None = None
    bake: str = ""
    expectations: Expectations = field(default_factory=Expectations, compare=False)
    rung: bool = False
    lesson: str = ""
    production: bool | None = None
    isolated: bool = False
    starts: bool | None = None
    patience: float = PATIENCE

    def __str__(self) -> str:
        """As people say it: `go-gin:prod`, or the name of an image whose sources are not here."""
        return f"{self.app}:{self.name}" if self.folder else self.image

    @property
    def expected(self) -> VariantExpectations:
        """What is expected of this variant."""
        return self.expectations.of(self.name)

    @property
    def waived(self) -> dict[str, str]:
        """The rules that it may break, each with its reason."""
        return self.expected.waive

    @property
    def endpoints(self) -> list[Endpoint]:
        """The endpoints that it must answer."""
        return self.expectations.endpoints(self.name)

    @property
    def unknown(self) -> bool:
        """Whether nothing is known of it but what it says itself: somebody else's image, without a plimsoll.toml."""
        return not (self.bake or self.lesson or self.endpoints or self.expected.environment)

    @property
    def deployed(self) -> bool:
        """Whether it is meant to run in production."""
        if self.production is not None:
            return self.production
        return self.name not in DEVELOPMENT and not self.rung

    @property
    def started(self) -> bool:
        """Whether containers are started from it; `test` has done its work once it is built."""
        return self.name != "test" if self.starts is None else self.starts

    @property
    def dockerfile(self) -> Dockerfile:
        """Its Dockerfile, parsed.

        Raises:
            PlimsollError: it has none, or it does not parse.

        """
        if self.file is None:
            raise PlimsollError(f"{self} has no Dockerfile", "name a folder that has one")
        return _parsed(self.file)

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
def _parsed(file: Path) -> Dockerfile:
    return Dockerfile.read(file)


@functools.cache
def variants(root: Path = ROOT) -> tuple[Variant, ...]:
    """Every variant that the bake file builds, in its order.

    Args:
        root: the repository.

    Raises:
        PlimsollError: the bake file, a plimsoll.toml or an app's folder is wrong.

    """
    targets = bake_targets(root)
    names: dict[str, set[str]] = {}
    for target in targets.values():
        names.setdefault(target["context"], set()).add(_tag(target).partition(":")[2])
    found = []
    for bake, target in targets.items():
        folder = root / target["context"]
        file = folder / target["dockerfile"]
        if not file.is_file():
            raise PlimsollError(
                f"{folder.relative_to(root)} has no {target['dockerfile']}, which docker-bake.hcl names",
                "write it, or take the app out of docker-bake.hcl",
            )
        app, _, name = _tag(target).partition(":")
        found.append(
            Variant(
                app=app,
                name=name,
                image=PREFIX + _tag(target),
                folder=folder,
                file=file,
                target=target.get("target"),
                bake=bake,
                expectations=expectations.read(folder, names[target["context"]]),
                rung=target["dockerfile"].startswith("ladder/"),
            )
        )
    apps = [variant.app for variant in found]
    return tuple(sorted(found, key=lambda variant: apps.index(variant.app)))


def bake_targets(root: Path = ROOT) -> dict[str, dict[str, Any]]:
    """The targets of the bake file's group `all`, as buildx resolves them.

    Raises:
        PlimsollError: buildx is missing or does not accept the file; its own words are the cause.

    """
    command = ["docker", "buildx", "bake", "--file", str(root / "docker-bake.hcl"), "--print", "all"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except FileNotFoundError as error:
        raise PlimsollError("the `docker` command is missing", "run `plimsoll engine`") from error
    except subprocess.TimeoutExpired as error:
        raise PlimsollError(f"docker-bake.hcl is not read by bake within {PATIENCE:.0f} s", "try again") from error
    if done.returncode != 0:
        cause = next(iter(reversed(done.stderr.strip().splitlines())), "no reason given")
        raise PlimsollError(f"docker-bake.hcl: {cause}", "mend it; `docker buildx bake --print all` shows more")
    plan = json.loads(done.stdout)
    targets: dict[str, dict[str, Any]] = plan["target"]
    # The targets are printed by name, the groups in the order of the file: the one in which a reader climbs.
    ordered = [name for group in plan["group"]["all"]["targets"] for name in plan["group"][group]["targets"]]
    return {name: targets[name] for name in ordered}


def _tag(target: dict[str, Any]) -> str:
    tag: str = target["tags"][0]
    return tag.removeprefix(PREFIX)
