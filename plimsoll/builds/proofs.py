"""What a build was found to do, kept for as long as nothing that goes into it changes: such an experiment is costly."""

from __future__ import annotations

import functools
import hashlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from plimsoll import engine, inputs, whole
from plimsoll.builds import fingerprint
from plimsoll.project import app, folders, lessons
from plimsoll.project.app import BUILD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plimsoll.project.app import Variant
    from plimsoll.project.dockerfile import Stage

PROOFS = BUILD / "proofs"

CODE = (
    *("builds", "images", "project", "texts"),
    *("engine", "engine_setup", "errors", "inputs", "paths", "say", "units", "whole"),
)
"""The code that makes experiments: what other code found counts no more."""

Facts = TypeVar("Facts")


def proved(experiment: str, variant: Variant, gather: Callable[[], Facts], target: str | None = None) -> Facts:
    """What an experiment on a variant's build found: now, or earlier on the same input.

    Args:
        experiment: its name.
        variant: whose build.
        gather: the experiment; what it returns is kept as JSON.
        target: the stage that it builds, where that is not the variant's own.

    """
    stage = _stage(variant, target)
    file = PROOFS / f"{experiment}-{variant.app}-{_file_name(variant)}-{stage.name or stage.index}.json"
    with alone():
        proof = whole.read(file, whole.document) or {}
        if proof.get("key") != key_of(variant) or "facts" not in proof:
            # As it will be read: a list for a tuple.
            proof = json.loads(json.dumps({"key": key_of(variant), "facts": gather()}))
            whole.write(file, json.dumps(proof).encode())
    facts: Facts = proof["facts"]
    return facts


@contextmanager
def alone() -> Iterator[None]:
    """One experiment at a time, whichever process asks.

    A build uses all the processors that there are; and where one without the cache is under way, BuildKit lets another
    build have its steps, which then look as if they had been lost from the cache.
    """
    with whole.locked(PROOFS / "lock"):
        yield


def _stage(variant: Variant, target: str | None) -> Stage:
    """The stage that is built; of one that only gives another a further name, such as `prod`, that other."""
    dockerfile = variant.dockerfile
    stage = (dockerfile.stage(target) if target else None) or variant.stage
    while not stage.instructions and (base := dockerfile.stage(stage.base, before=stage.index)):
        stage = base
    return stage


def _file_name(variant: Variant) -> str:
    return variant.file.name if variant.file else ""


def key_of(variant: Variant) -> str:
    """A digest of all that an experiment on a variant's build rests on: what is built, by which engine, and who looks.

    Raises:
        PlimsollError: no engine answers, a plugin is missing, or one of them is too old.

    """
    parts = [inputs.code(*CODE), str(engine.found()), input_of(variant)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@functools.cache
def input_of(variant: Variant) -> str:
    """A digest of all that a variant is built from: its folder, and the images that its Dockerfile names."""
    inside = folders.files(variant.folder) if variant.folder else ()
    parts = [str(variant.file), variant.dockerfile.text, *(_file(path) for path in inside)]
    ours = {other.image: other for other in [*app.variants(), *lessons.variants()]}
    # Of our own images the sources count: their labels, and with them their identity, change with every commit.
    parts += [input_of(ours[name]) if name in ours else _here().get(name, name) for name in variant.dockerfile.bases]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@functools.cache
def _here() -> dict[str, str]:
    return fingerprint.images()


@functools.cache
def _file(path: Path) -> str:
    return f"{path} {path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
