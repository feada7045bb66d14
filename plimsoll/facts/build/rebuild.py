"""Building copies of a folder that were changed in one place: BuildKit's own record says what that costs."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from plimsoll import caches, engine, folders
from plimsoll.errors import PlimsollError
from plimsoll.facts.build import memo
from plimsoll.facts.build.record import Record
from plimsoll.facts.text import platforms, sources
from plimsoll.facts.text.steps import installing
from plimsoll.parsing.dockerfile import TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.build.record import Step
    from plimsoll.subject import Variant

TIMEOUT = 1800
"""Seconds after which a build is given up."""

OTHER_MOUNTS = "BUILDKIT_CACHE_MOUNT_NS=plimsoll-anew"
"""The build argument that goes with `--no-cache`, which empties cache mounts for good: these are nobody else's."""

ANEW = ("--no-cache", f"--build-arg={OTHER_MOUNTS}")
"""What makes a build begin with nothing."""

TRIES = 3
"""How many sources are edited until one turns out to be built."""

OF_THE_DOCKERFILE = re.compile(r"^\[(?!internal\])[^\]]*\] (?!FROM )")
"""What BuildKit calls the steps that stand in the Dockerfile."""

FETCHED = re.compile(
    r"^(go: downloading .*|Collecting .*|Get:\d+ .*|\s*Downloaded \S+ v.*|\s*Compiling \S+ v[^\s(]+)$", re.MULTILINE
)
"""What commands print when they install what others wrote: Go's, pip's, apt's, and Cargo's but for the project."""


class IncrementalBuild(TypedDict):
    """What the rebuilds of a changed copy did.

    Attributes:
        readme: the steps that ran again after a change of README.md and of all time stamps.
        source: the source in which a comment was added, empty where none is built.
        installed: the steps that then installed dependencies anew, each with what shows it.

    """

    readme: list[str]
    source: str
    installed: list[tuple[str, str]]


@functools.cache
def uses(variant: Variant) -> frozenset[str]:
    """What a variant's build makes use of: `context`, `sources`, `commands`, `platforms`, `secrets`, `tests`."""
    if variant.folder is None or variant.file is None:
        return frozenset()
    dockerfile = variant.dockerfile
    instructions = [each for stage in dockerfile.needed(variant.stage) for each in stage.instructions]
    mounts = [mount for each in instructions for mount in each.flag("mount")]
    reads = any(each.keyword in {"COPY", "ADD"} and not each.flag("from") for each in instructions) or any(
        "type=bind" in mount and "from=" not in mount for mount in mounts
    )
    facts = {
        "context": reads,
        "sources": reads and bool(sources.candidates(variant.folder)),
        "commands": any(each.keyword == "RUN" for each in instructions),
        "platforms": platforms.is_for_several(dockerfile) and platforms.crosses(dockerfile, variant.stage),
        "secrets": any("type=secret" in mount for mount in mounts),
        "tests": bool(test_stage(variant)) and bool(sources.test(variant.folder)),
    }
    return frozenset(name for name, holds in facts.items() if holds)


def test_stage(variant: Variant) -> str:
    """The stage of a variant's Dockerfile that runs the unit tests, empty where it has none."""
    return next((stage.name for stage in variant.dockerfile.stages if stage.name.lower() in TESTS), "")


@contextmanager
def copy(variant: Variant) -> Iterator[Path]:
    """A copy of a variant's folder for the length of a block, without what other tools put there."""
    if variant.folder is None:
        raise PlimsollError(f"{variant} has no sources", "name one that is built from a folder")
    with tempfile.TemporaryDirectory(dir=caches.folder("tmp")) as temporary:
        folder = Path(temporary, variant.folder.name)
        shutil.copytree(variant.folder, folder, symlinks=True, ignore=_left)
        yield folder


def _left(folder: str, names: list[str]) -> set[str]:
    """What of a folder is not copied: also what would not be copied but waited for, such as a pipe."""
    paths = {name: Path(folder, name) for name in names}
    special = {name for name, path in paths.items() if not (path.is_symlink() or path.is_file() or path.is_dir())}
    return folders.foreign(names) | special


def run(variant: Variant, folder: Path, *arguments: str, target: str | None = None, **settings: str) -> Record:
    """Build a variant from a folder, with no image to show for it unless the arguments ask for one.

    Args:
        variant: which stage of which Dockerfile.
        folder: the build context.
        arguments: further arguments of `docker buildx build`.
        target: another stage than the variant's own.
        settings: further variables of its environment.

    Raises:
        PlimsollError: it takes too long.

    """
    inside = variant.file and variant.folder and variant.file.is_relative_to(variant.folder)
    file = folder / variant.file.relative_to(variant.folder) if inside else variant.file  # type: ignore[union-attr, arg-type]
    command = ["docker", "buildx", "build", "--progress=rawjson", f"--file={file}", *arguments]
    command += [f"--build-arg={name}" for name in engine.proxies()]
    command += variant.given.options(arguments)
    if stage := target or variant.target:
        command.append(f"--target={stage}")
    if not any(each.startswith("--output=") for each in arguments):
        command.append("--output=type=cacheonly")
    try:
        done = subprocess.run(
            [*command, str(folder)],
            env={**engine.environment(), **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise PlimsollError(f"{variant} takes more than {TIMEOUT} s to build", "make its build quicker") from error
    record = Record(done.returncode)
    for line in done.stderr.splitlines():
        record.note(line, quiet=True)
    return record


def succeeded(variant: Variant, record: Record) -> Record:
    """A build that must have succeeded.

    Raises:
        PlimsollError: it failed.

    """
    if record.code != 0:
        raise PlimsollError(f"a copy of {variant} does not build, {record.failure}", "build it by hand to see more")
    return record


def ran(record: Record) -> list[Step]:
    """The steps of the Dockerfile that were run, not taken from the cache."""
    return [step for step in record.steps.values() if not step.cached and OF_THE_DOCKERFILE.match(step.name)]


def incremental_build(variant: Variant) -> IncrementalBuild:
    """What changes of README.md, of time stamps, and of one line of a source cost; found out once for one input."""
    return memo.remembered("copied", variant, lambda: _incremental_build(variant))


def _incremental_build(variant: Variant) -> IncrementalBuild:
    with copy(variant) as folder:
        steps = _with_another_readme(variant, folder)
        if steps:
            # They may have been lost from the cache; now they are there, and only the change can make them run.
            steps = _with_another_readme(variant, folder)
        facts = IncrementalBuild(readme=[_name(step) for step in steps], source="", installed=[])
        bench = variant.expectations.bench
        for source in [bench.edit] if bench else sources.candidates(folder)[:TRIES]:
            sources.edit(folder / source, str(uuid.uuid4()))
            steps = ran(succeeded(variant, run(variant, folder)))
            if steps:
                facts["source"] = source
                facts["installed"] = [(_name(step), shown) for step in steps if (shown := installs(step))]
                break
    return facts


def _with_another_readme(variant: Variant, folder: Path) -> list[Step]:
    with (folder / "README.md").open("a") as readme:
        readme.write(f"\n{uuid.uuid4()}\n")
    for path in folders.files(folder):
        path.touch()
    return ran(succeeded(variant, run(variant, folder)))


def installs(step: Step) -> str:
    """What shows that a step installed dependencies, empty where nothing does."""
    fetched = FETCHED.search(step.log)
    return installing(step.name.partition("] ")[2]) or (fetched[0].strip() if fetched else "")


def _name(step: Step) -> str:
    return step.name if len(step.name) <= 120 else f"{step.name[:117]}..."


class FailingTestBuild(TypedDict):
    """What became of a build of the test stage with a test in it that fails.

    Attributes:
        planted: the test.
        ran: whether it was run.
        built: whether the stage was built all the same.
        failure: why it was not, empty where it was.

    """

    planted: str
    ran: bool
    built: bool
    failure: str


def failing_test_build(variant: Variant) -> FailingTestBuild:
    """What became of a build of the test stage with a test in it that fails; found out once for one input."""
    return memo.remembered("tested", variant, lambda: _failing_test_build(variant), test_stage(variant))


def _failing_test_build(variant: Variant) -> FailingTestBuild:
    with copy(variant) as folder:
        planted = sources.plant(folder, sources.test(folder))
        record = run(variant, folder, target=test_stage(variant))
        said = record.words + "".join(step.log for step in record.steps.values())
    failure = record.failure if record.code else ""
    return FailingTestBuild(planted=planted, ran=sources.PLANTED in said, built=record.code == 0, failure=failure)
