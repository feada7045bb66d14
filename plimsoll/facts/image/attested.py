"""What a provenance tells of a build: the commit that it was made from, and the secrets that it was given openly.

https://slsa.dev/spec/v1.0/provenance
https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plimsoll.facts.secrets import names, search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.image.offers import Statement

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
REVISION = "org.opencontainers.image.revision"

HOLDS_COMMIT = re.compile(r"(?:^|[.:])(?:revision|sha1|gitCommit)$")
"""How the places end at which provenances have a commit: what BuildKit or GitHub say, and labels that were set."""

ARGUMENT = re.compile(r"\.(?:build-arg:)([^.]+)$")
"""Where BuildKit tells a build argument, whatever the version of the provenance."""

DEEPEST = 40


def commits(statement: Statement) -> set[str]:
    """The commits that a provenance names, of whatever repository."""
    return {
        value for place, value in _texts(statement.predicate) if HOLDS_COMMIT.search(place) and COMMIT.fullmatch(value)
    }


def secrets(statement: Statement) -> Iterator[tuple[str, str]]:
    """Where a provenance holds a secret, and which."""
    for place, value in _texts(statement.predicate):
        argument = ARGUMENT.search(place)
        name = argument[1] if argument else place.rpartition(".")[2]
        found = [f"{each.what} ({each.shown})" for each in search.in_variable(name, value)]
        if not found and argument and names.is_secret(name) and not names.is_nothing(value):
            found = ["a secret, as its name says"]
        where = f"the build argument {name}" if argument else place
        yield from ((where, each) for each in dict.fromkeys(found))


def _texts(value: Any, place: str = "", deep: int = 0) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - of JSON
    """All texts in a document, each with the names that lead there."""
    if isinstance(value, str):
        yield place, value
    elif deep < DEEPEST and isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, f"{place}.{name}".lstrip("."), deep + 1)
    elif deep < DEEPEST and isinstance(value, list):
        for each in value:
            yield from _texts(each, place, deep + 1)
