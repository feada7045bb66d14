"""What a server answers of which nobody has said it: asked for what servers are usually asked for."""

from __future__ import annotations

import math
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.expectations import Endpoint
from plimsoll.facts.run import flight
from plimsoll.facts.run.answer import NoAnswerError
from plimsoll.facts.run.trial import SOON, trial

if TYPE_CHECKING:
    from plimsoll.facts.run.answer import Answer
    from plimsoll.facts.run.container import Container
    from plimsoll.subject import Variant

USUAL = (
    *("/health", "/healthz", "/health/live", "/health/ready", "/healthcheck", "/livez", "/readyz", "/live", "/ready"),
    *("/ping", "/status", "/version", "/metrics", "/api", "/api/health"),
)
"""Paths that servers answer for those who run them."""

SHORT = 200
"""Letters of an answer in JSON that is expected word for word."""


def endpoints(variant: Variant) -> list[Endpoint]:
    """The endpoints that a server answers well, in two containers alike; none where it does not serve.

    What it answers for every path is told by its root alone.
    """
    first, second = _answers(variant), _answers(variant)
    both = {path: (first[path], second[path]) for path in first if path in second}
    return [_endpoint(path, *pair) for path, pair in both.items() if pair[0].status == pair[1].status]


def _answers(variant: Variant) -> dict[str, Answer]:
    with trial(variant) as tried:
        if tried.problem:
            return {}
        running = tried.container
        named = [each.path for each in flight.named(running)]
        anything = _answer(running, f"/{secrets.token_hex(8)}")
        found = {path: _answer(running, path) for path in dict.fromkeys([*named, *USUAL])}
        return {
            path: answer
            for path, answer in found.items()
            if answer and answer.whole and answer.status < 300 and (path in named or not _same(answer, anything))
        }


def _answer(running: Container, path: str) -> Answer | None:
    with suppress(NoAnswerError, PlimsollError):
        return running.request(Endpoint(path=path), SOON)
    return None


def _same(one: Answer, other: Answer | None) -> bool:
    return other is not None and (one.status, one.body) == (other.status, other.body)


def _endpoint(path: str, one: Answer, other: Answer) -> Endpoint:
    """What is promised of an answer: what two containers have in common."""
    kind = str(one.headers.get("content-type", "")).partition(";")[0].strip()
    promised: dict[str, object] = {"path": path, "status": one.status}
    if one.body == other.body and len(one.body) <= SHORT and _is_plain(said := _json(one)):
        promised["json"] = said
    elif kind and kind == str(other.headers.get("content-type", "")).partition(";")[0].strip():
        promised["content_type"] = kind
    return Endpoint.model_validate(promised)


def _json(answer: Answer) -> object:
    try:
        return answer.json()
    except ValueError:
        return None


def _is_plain(said: object, *, whole: bool = True) -> bool:
    """Whether an answer is an object or a list, of which TOML can tell all: it has no word for nothing."""
    if isinstance(said, dict):
        return all(_is_plain(each, whole=False) for pair in said.items() for each in pair)
    if isinstance(said, list):
        return all(_is_plain(each, whole=False) for each in said)
    if isinstance(said, str):
        return not whole and said.isprintable()
    return not whole and said is not None and (not isinstance(said, float) or math.isfinite(said))
