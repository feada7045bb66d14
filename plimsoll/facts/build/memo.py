"""What a build was found to do, kept for as long as nothing that goes into it changes: such an experiment is costly."""

from __future__ import annotations

import functools
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from plimsoll import caches, inputs, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plimsoll.parsing.dockerfile import Stage
    from plimsoll.subject import Variant

FOLDER = "builds"

CODE = (
    *("facts", "parsing", "address", "bridge", "caches", "engine", "errors", "expectations", "folders"),
    *("inputs", "listening", "paths", "references", "say", "sdk", "subject", "units", "whole"),
)
"""The code that makes experiments: what other code found counts no more."""

Facts = TypeVar("Facts")


def remembered(experiment: str, variant: Variant, gather: Callable[[], Facts], target: str | None = None) -> Facts:
    """What an experiment on a variant's build found: now, or earlier on the same input.

    Args:
        experiment: its name.
        variant: whose build.
        gather: the experiment; what it returns is kept as JSON.
        target: the stage that it builds, where that is not the variant's own.

    """
    stage = _stage(variant, target)
    app = variant.app.replace("/", "-")
    file = caches.folder(FOLDER) / f"{experiment}-{app}-{_file_name(variant)}-{stage.name or stage.index}.json"
    with one_at_a_time():
        known = whole.read(file, whole.document) or {}
        if known.get("key") != key_of(variant) or "facts" not in known:
            # As it will be read: a list for a tuple.
            known = json.loads(json.dumps({"key": key_of(variant), "facts": gather()}))
            whole.keep(file, json.dumps(known).encode())
    facts: Facts = known["facts"]
    return facts


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """One experiment at a time, whichever process asks.

    A build uses all the processors that there are; and where one without the cache is under way, BuildKit lets another
    build have its steps, which then look as if they had been lost from the cache.
    """
    with whole.locked(caches.folder(FOLDER) / "lock"):
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
    """A digest of all that an experiment on a variant's build rests on: what is built, by whom, and who looks.

    Raises:
        PlimsollError: no engine answers, a plugin is missing, or one of them is too old.

    """
    return inputs.digest(code=inputs.code(*CODE), tools=inputs.tools(), build=input_of(variant))


@functools.cache
def input_of(variant: Variant) -> str:
    """A digest of all that a variant is built from: its folder, and the images that its Dockerfile names."""
    return inputs.digest(
        file=variant.file,
        text=variant.dockerfile.text,
        given=variant.given.options(),
        sources=inputs.sources(variant.folder) if variant.folder else [],
        bases=inputs.images(variant.dockerfile.bases),
    )
