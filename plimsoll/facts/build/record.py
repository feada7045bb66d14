"""What a build did: which steps ran, which were cached, and why one failed, as BuildKit reports it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime

from plimsoll.say import say

WORTH_A_LINE = 1.0
"""Seconds that a step must take to be named while building."""


@dataclass
class Step:
    """One step of a build, as BuildKit reports it.

    Attributes:
        name: with its target, stage and number.
        cached: whether it was taken from the cache.
        started: seconds since 1970, 0 for one that never started.
        seconds: how long it took.
        error: why it failed, empty where it did not.
        log: what it printed.

    """

    name: str
    cached: bool = False
    started: float = 0.0
    seconds: float = 0.0
    error: str = ""
    log: str = ""


@dataclass
class Record:
    """What one call of bake did.

    Attributes:
        code: its exit code.
        steps: by BuildKit's digest of the step.
        words: what it said beside the steps.

    """

    code: int = 0
    steps: dict[str, Step] = field(default_factory=dict)
    words: str = ""

    @property
    def failure(self) -> str:
        """The step that failed, with the end of its log; bake's own last words where none did."""
        everything = self.words + "".join(step.error + step.log for step in self.steps.values())
        if "no space left on device" in everything.lower():
            return "the disk is full: free some (`docker system prune`), then run this again"
        for step in self.steps.values():
            if step.error and "context canceled" not in step.error:
                tail = "\n".join(f"    {line}" for line in step.log.strip().splitlines()[-15:])
                return f"{step.name}: {step.error}" + (f"\n{tail}" if tail else "")
        return self.words.strip().splitlines()[-1] if self.words.strip() else "no reason given"

    def note(self, line: str, *, quiet: bool = False) -> None:
        """Take account of one line of `--progress=rawjson`; quiet: without naming the steps that take their time."""
        if not line.startswith("{"):
            self.words += line
            return
        event = json.loads(line)
        for vertex in event.get("vertexes") or []:
            step = self.steps.setdefault(vertex["digest"], Step(vertex["name"]))
            step.cached = bool(vertex.get("cached"))
            step.error = vertex.get("error", "")
            if vertex.get("started") and vertex.get("completed") and not step.started:
                step.started = _seconds(vertex["started"])
                step.seconds = _seconds(vertex["completed"]) - step.started
                if step.seconds >= WORTH_A_LINE and not quiet:
                    say(f"{step.name[:90]}  {step.seconds:.0f} s")
        for log in event.get("logs") or []:
            text = base64.b64decode(log["data"]).decode(errors="replace")
            self.steps.setdefault(log["vertex"], Step("")).log += text


def _seconds(timestamp: str) -> float:
    whole, _, fraction = timestamp.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}+00:00").timestamp() + float(f"0.{fraction or 0}")
