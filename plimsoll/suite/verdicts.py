"""What earlier runs found to hold: a test whose every input is the same need not be run again."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import platform
import subprocess
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from plimsoll import engine, whole
from plimsoll.builds import build, fingerprint, proofs
from plimsoll.containers import compose, helper, ownership
from plimsoll.project import app, lessons
from plimsoll.project.app import BUILD, ROOT
from plimsoll.texts import linters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.project.app import Variant

FILE = BUILD / "verdicts.jsonl"

JUDGES = ("plimsoll/", "tests/rules/", ".hadolint.yaml", "requirements.lock", "pyproject.toml")
"""What of the repository decides about every rule's verdict."""


@dataclass(frozen=True)
class Verdict:
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
    recorded = build.recorded().get(variant.image)
    outcome = [recorded.error, recorded.unbuildable] if recorded else ["not built"]
    said = [repr(variant), repr(variant.expectations), _images().get(variant.image, ""), *outcome]
    return _digest([_judges(), *said, proofs.input_of(variant)])


@functools.cache
def of_everything() -> str:
    """A digest of all that any test can rest on: every file of the repository, and every image that it knows."""
    variants = [*app.variants(), *lessons.variants()]
    bases = {base for variant in variants for base in variant.dockerfile.bases} | set(compose.bases())
    names = [*(variant.image for variant in variants), *sorted(bases)]
    identities = [f"{name} {_images().get(name, '')}" for name in names]
    return _digest([_judges(), *_contents(fingerprint.files()), *identities])


@functools.cache
def _judges() -> str:
    machine = [platform.python_version(), platform.release(), str(engine.found()), _hadolint()]
    files = [name for name in fingerprint.files() if name.startswith(JUDGES)]
    return _digest([*machine, _images().get(helper.IMAGE, ""), *_contents(files)])


def _hadolint() -> str:
    """The version of hadolint, empty where it is missing: what is installed may be another than the lock file says."""
    try:
        answer = subprocess.run([linters.TOOLS / "hadolint", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return answer.stdout.strip()


def _contents(names: Iterable[str]) -> list[str]:
    paths = [ROOT / name for name in names]
    return [f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths if path.is_file()]


@functools.cache
def _images() -> dict[str, str]:
    return fingerprint.images()


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def earlier() -> dict[str, Verdict]:
    """The latest verdict on each test, by its name, of every run but this one."""
    # Of this run's own they would come too late: all its processes must leave out the same tests.
    return {verdict.test: verdict for verdict in _kept() if verdict.run != ownership.RUN}


def forget_older() -> None:
    """Keep the latest verdict on each test only, of this run and of the others."""
    with whole.locked(FILE.with_suffix(".lock")):
        latest = {(verdict.test, verdict.run == ownership.RUN): verdict for verdict in _kept()}
        whole.write(FILE, "".join(_line(verdict) for verdict in latest.values()).encode())


def keep(verdict: Verdict) -> None:
    """Add a verdict; several processes may."""
    with whole.locked(FILE.with_suffix(".lock")), FILE.open("a") as lines:
        lines.write(_line(verdict))


def _kept() -> Iterator[Verdict]:
    """Every verdict, in the order in which they were found."""
    for line in whole.read(FILE, bytes.splitlines) or []:
        # The last line of a run that was killed is none.
        with contextlib.suppress(*whole.DAMAGED):
            yield Verdict(**{name: str(value) for name, value in whole.document(line).items()})


def _line(verdict: Verdict) -> str:
    return f"{json.dumps(asdict(verdict))}\n"
