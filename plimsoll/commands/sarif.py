"""What was found as a SARIF 2.1.0 log, as code hosts take it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from plimsoll.commands import places
from plimsoll.project import lessons, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.commands.judge import Judgement
    from plimsoll.commands.places import Place
    from plimsoll.findings import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
NAMES_PARTS = re.compile(r"[/:@]")
"""What parts an image's name: of these only the slash may stand in a relative address as it is."""


def sarif(judgements: list[Judgement]) -> str:
    """A SARIF 2.1.0 log, which code hosts show beside the line.

    GitHub takes a whole log only where each result has a file: a path without a scheme, from the top of the repository.
    What is in no file is told at the line from which the image is made, or at a path of the image's own name.
    """
    found = [(judgement, finding) for judgement in judgements for finding in judgement.findings]
    used = sorted({judgement.rule for judgement, _ in found})
    seen: Counter[str] = Counter()
    results = []
    for judgement, finding in found:
        trace = _trace(judgement, finding)
        seen[trace] += 1
        result = _result(judgement, finding)
        result["ruleIndex"] = used.index(judgement.rule)
        # The name and the form that GitHub knows: by it, a finding is the same one after lines were added above it.
        result["partialFingerprints"] = {"primaryLocationLineHash": f"{trace}:{seen[trace]}"}
        results.append(result)
    run = {"tool": {"driver": _driver(used)}, "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver(used: Iterable[str]) -> dict[str, Any]:
    driver: dict[str, Any] = {"name": "plimsoll", "rules": [_rule(name) for name in used]}
    with suppress(importlib.metadata.PackageNotFoundError):
        driver["version"] = importlib.metadata.version("plimsoll")
    return driver


def _rule(name: str) -> dict[str, Any]:
    rule = rules.rule(name)
    lesson = lessons.Lesson(name, lessons.FOLDER / name).why
    return {
        "id": name,
        "shortDescription": {"text": rule.why.split("\n")[0]},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.why, **({"markdown": lesson} if lesson else {})},
        "defaultConfiguration": {"level": "error"},
    }


def _result(judgement: Judgement, finding: Finding) -> dict[str, Any]:
    place = places.of(judgement, finding)
    words = f"{finding.found}: {finding.mend}"
    shown = place or places.origin(judgement)
    return {
        "ruleId": judgement.rule,
        "level": "error",
        "message": {"text": words if place else f"{places.words(judgement, finding)}: {words}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _address(shown, judgement)},
                    "region": {"startLine": shown.line if shown else 1},
                },
                "logicalLocations": [
                    {
                        "name": finding.place or judgement.subject,
                        "fullyQualifiedName": places.words(judgement, finding),
                    }
                ],
            }
        ],
    }


def _address(place: Place | None, judgement: Judgement) -> str:
    """A relative address, in which whatever could be taken for a scheme is escaped."""
    if place:
        return quote(os.fsencode(place.relative))
    parts = [part for part in NAMES_PARTS.split(judgement.subject) if part not in {"", ".", ".."}]
    return quote("/".join(parts)) or "image"


def _trace(judgement: Judgement, finding: Finding) -> str:
    """What stays of a finding from run to run: by which rule, of what, and where, but for the number of the line."""
    parts = [judgement.rule, judgement.subject, finding.place]
    if place := places.of(judgement, finding):
        parts[2:] = [place.relative, _text(place)]
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:16]


def _text(place: Place) -> str:
    with suppress(OSError, IndexError):
        return place.file.read_text(errors="replace").splitlines()[place.line - 1].strip()
    return ""
