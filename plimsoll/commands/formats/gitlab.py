"""What was found as a Code Quality report of GitLab, which shows it in the merge request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from plimsoll.commands import fingerprint, places
from plimsoll.commands.options import USUAL, Showing
from plimsoll.rule import Level

if TYPE_CHECKING:
    from plimsoll.runner import Result

SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "major", Level.NOTE: "info"}
"""What GitLab calls the levels; `minor` and `blocker` are not used."""


def gitlab(results: list[Result], _: Showing = USUAL) -> str:
    """A list of all findings, each at a file and a line."""
    rows = []
    for result, finding, known in fingerprint.numbered(results):
        place = places.of(result, finding)
        where = "" if place else f"{places.words(result, finding)}: "
        path, line = places.pointed(result, finding)
        rows.append(
            {
                "description": f"{where}{finding.found}: {finding.fix} ({result.rule.address})",
                "check_name": str(result.rule),
                "fingerprint": known,
                "severity": SEVERITIES[result.rule.level],
                "location": {"path": path, "lines": {"begin": line}},
            }
        )
    return json.dumps(rows, indent=2) + "\n"
