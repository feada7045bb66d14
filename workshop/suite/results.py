"""What earlier runs found to hold: a test whose every input is the same need not be run again."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from plimsoll import inputs, whole
from plimsoll.facts.build import memo
from plimsoll.facts.run import helper, ownership
from workshop import apps, build, listed, system, taught
from workshop.root import BUILD, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.subject import Variant

FILE = BUILD / "results.jsonl"

JUDGES = ("plimsoll/", "tests/rules/", "tests/lessons/test_pairs.py", "tests/conftest.py", "requirements.lock")
"""What of the repository decides about every rule's verdict, beside the ignore files, which context rules heed."""

READERS = str(ROOT / "tests/project")
"""The tests that read what people read: only to these do pages matter."""


@dataclass(frozen=True)
class KeptResult:
    """What a run found.

    Attributes:
        test: the test's name.
        inputs: a digest of all that it rests on, empty where the test failed.
        run: the run that found it.
        waived: why the test failed as it should, empty where it passed.

    """

    test: str
    inputs: str
    run: str
    waived: str = ""


@functools.cache
def of_variant(variant: Variant) -> str:
    """A digest of all that a rule's verdict about a variant rests on."""
    if variant.archive:
        # It is named by a digest of all that it was made from.
        return inputs.digest(judges=_judges(), subject=[repr(variant), repr(variant.expectations)])
    recorded = build.recorded().get(variant.image)
    return inputs.digest(
        judges=_judges(),
        subject=[repr(variant), repr(variant.expectations)],
        outcome=[recorded.error, recorded.unbuildable] if recorded else ["not built"],
        image=inputs.images([variant.image]),
        build=memo.input_of(variant),
    )


@functools.cache
def of_everything(folder: str) -> str:
    """A digest of all that a test can rest on: files of the repository, and every image that it knows.

    Args:
        folder: where the test stands.

    """
    variants = [*apps.variants(), *taught.variants()]
    bases = {base for variant in variants for base in variant.dockerfile.bases} | set(system.bases())
    files = [name for name in listed.files() if folder == READERS or not _is_page(name)]
    return inputs.digest(
        judges=_judges(),
        files=_contents(files),
        images=inputs.images([*(variant.image for variant in variants), *sorted(bases)]),
    )


def _is_page(name: str) -> bool:
    """Whether a file is there to be read; what a lesson says is printed by the judge too."""
    return name.endswith(".md") and not name.startswith("lessons/")


@functools.cache
def _judges() -> str:
    files = [name for name in listed.files() if name.startswith(JUDGES) or name.endswith(".gitignore")]
    return inputs.digest(
        python=sys.version,
        tools=inputs.tools(),
        linter=inputs.linter(),
        helper=inputs.images([helper.IMAGE]),
        code=_contents(files),
    )


def _contents(names: Iterable[str]) -> list[str]:
    paths = [ROOT / name for name in names]
    return [f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths if path.is_file()]


def earlier() -> dict[str, KeptResult]:
    """The latest verdict on each test, by its name, of every run but this one."""
    # Of this run's own they would come too late: all its processes must leave out the same tests.
    return {verdict.test: verdict for verdict in _kept() if verdict.run != ownership.RUN}


def forget_older() -> None:
    """Keep the latest verdict on each test only, of this run and of the others."""
    with whole.locked(FILE.with_suffix(".lock")):
        latest = {(verdict.test, verdict.run == ownership.RUN): verdict for verdict in _kept()}
        whole.write(FILE, "".join(_line(verdict) for verdict in latest.values()).encode())


def keep(verdict: KeptResult) -> None:
    """Add a verdict; several processes may."""
    with whole.locked(FILE.with_suffix(".lock")), FILE.open("a") as lines:
        lines.write(_line(verdict))


def _kept() -> Iterator[KeptResult]:
    """Every verdict, in the order in which they were found."""
    for line in whole.read(FILE, bytes.splitlines) or []:
        # The last line of a run that was killed is none.
        with contextlib.suppress(*whole.DAMAGED):
            yield KeptResult(**{name: str(value) for name, value in whole.document(line).items()})


def _line(verdict: KeptResult) -> str:
    return f"{json.dumps(asdict(verdict))}\n"
