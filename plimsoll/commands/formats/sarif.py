"""What was found as a SARIF 2.1.0 log, as code hosts take it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from plimsoll import HOME, __version__, lessons
from plimsoll.commands import fingerprint, places
from plimsoll.commands.options import USUAL, Showing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.findings import Finding
    from plimsoll.rule import Rule
    from plimsoll.runner import Result
    from plimsoll.waivers import Standing

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(results: list[Result], _: Showing = USUAL) -> str:
    """A SARIF 2.1.0 log, which code hosts show beside the line.

    GitHub takes a whole log only where each result has a file: a path without a scheme, from the top of the repository.
    What is in no file is told at the line from which the image is made, or at a path of the image's own name.
    What is waived is in it as suppressed, with the reason.
    """
    spared = {id(one.finding): one.by for each in results for one in each.spared}
    waived = [replace(each, findings=[one.finding for one in each.spared]) for each in results]
    used = sorted({each.rule for each in (*results, *waived) if each.findings}, key=str)
    rows = []
    # Those that are waived come last, so that no finding has another number for them.
    for result, finding, known in fingerprint.numbered([*results, *waived]):
        row = _result(result, finding)
        row["ruleIndex"] = used.index(result.rule)
        # The name and the form that GitHub knows: by it, a finding is the same one after lines were added above it.
        row["partialFingerprints"] = {"primaryLocationLineHash": known}
        if standing := spared.get(id(finding)):
            row["suppressions"] = [_suppression(each) for each in standing]
        rows.append(row)
    told = [
        {"level": "warning", "message": {"text": f"not judged: {_unjudged(each)}"}}
        for each in results
        if each.unjudged or each.in_part
    ]
    ended = {"executionSuccessful": not any(each.fault for each in results), "toolExecutionNotifications": told}
    run = {"tool": {"driver": _driver(used)}, "invocations": [ended], "results": rows}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _suppression(standing: Standing) -> dict[str, str]:
    """An exception: in the judged file itself, or in a plimsoll.toml."""
    in_source = places.LINE.fullmatch(standing.place)
    return {"kind": "inSource" if in_source else "external", "justification": standing.waiver.reason}


def _unjudged(result: Result) -> str:
    part = f", {result.lacks}" if result.in_part and not result.unjudged else ""
    return f"{result.subject}: {result.unjudged or result.in_part} ({result.rule}{part})"


def _driver(used: Iterable[Rule]) -> dict[str, Any]:
    return {"name": "plimsoll", "version": __version__, "informationUri": HOME, "rules": [_rule(each) for each in used]}


def _rule(rule: Rule) -> dict[str, Any]:
    lesson = lessons.Lesson(rule.name, lessons.FOLDER / rule.name).why
    return {
        "id": str(rule),
        "shortDescription": {"text": rule.reason},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.why, **({"markdown": lesson} if lesson else {})},
        "helpUri": rule.address,
        "defaultConfiguration": {"level": rule.level.value},
        "properties": {"tags": [rule.group]},
    }


def _result(result: Result, finding: Finding) -> dict[str, Any]:
    place = places.of(result, finding)
    words = f"{finding.found}: {finding.fix}"
    path, line = places.pointed(result, finding)
    return {
        "ruleId": str(result.rule),
        "level": result.rule.level.value,
        "message": {"text": words if place else f"{places.words(result, finding)}: {words}"},
        "locations": [
            {
                "physicalLocation": {
                    # A relative address: whatever could be taken for a scheme is escaped.
                    "artifactLocation": {"uri": quote(os.fsencode(path))},
                    "region": {"startLine": line},
                },
                "logicalLocations": [
                    {
                        "name": result.subject if place else finding.place or result.subject,
                        "fullyQualifiedName": result.subject if place else places.words(result, finding),
                    }
                ],
            }
        ],
    }
