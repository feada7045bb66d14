"""Whether a build can be left out: everything that goes into it, in one digest."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from plimsoll import inputs
from workshop import apps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plimsoll.subject import Variant


def fingerprints(variants: Iterable[Variant], here: Mapping[str, str]) -> dict[str, str]:
    """A digest for each variant, by image name, of all that its build can depend on.

    Too much of it is harmless, since BuildKit then finds its steps in its cache: all files of the folder, the
    whole bake file with the variables that the environment gives it, and the identities of the images that the
    Dockerfile names.

    Args:
        variants: which.
        here: the images that the engine has, by name, each with its identity.

    """
    plan = apps.bake_targets()
    known: dict[str, Variant] = {variant.image: variant for variant in variants}

    @functools.cache
    def of(name: str) -> str:
        variant = known.get(name)
        if variant is None or variant.folder is None:
            return here.get(inputs.with_tag(name), "")
        return inputs.digest(
            plan=plan,
            variant=str(variant),
            sources=inputs.sources(variant.folder),
            bases=[of(base) for base in variant.dockerfile.bases],
        )

    return {name: of(name) for name in known}
