"""What other tools find in a Dockerfile, in one form."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import engine
from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from plimsoll.app import Variant

TOOLS = Path(sys.prefix) / "bin"


@dataclass(frozen=True)
class Remark:
    """One remark of a linter.

    Attributes:
        place: file and line, as `file:line`.
        rule: the linter's own name of its rule.
        text: what it found.

    """

    place: str
    rule: str
    text: str

    def __str__(self) -> str:
        """As a linter prints it."""
        return f"{self.place}: {self.rule}: {self.text}"


@functools.cache
def remarks(variant: Variant) -> tuple[Remark, ...]:
    """What both linters say of a variant's Dockerfile, asked once in a process.

    Raises:
        PlimsollError: the Dockerfile does not parse.

    """
    return (*check(variant), *(hadolint(variant.file) if variant.file else ()))


def hadolint(file: Path) -> list[Remark]:
    """What hadolint says of a Dockerfile, ShellCheck's findings in its RUN steps included."""
    command = [str(TOOLS / "hadolint"), "--no-fail", "--format=json", str(file)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = json.loads(answer.stdout)
    return [Remark(f"{row['file']}:{row['line']}", row["code"], row["message"]) for row in rows]


def check(variant: Variant) -> list[Remark]:
    """What BuildKit's own linter says of a Dockerfile: every stage that its target needs.

    Raises:
        PlimsollError: the Dockerfile does not parse.

    """
    command = ["docker", "buildx", "build", "--call=check,format=json", "--file", str(variant.file)]
    done = subprocess.run(
        [*command, str(variant.folder)], env=engine.environment(), capture_output=True, text=True, check=False
    )
    try:
        answer = json.loads(done.stdout[done.stdout.index("{") :])
    except ValueError as error:
        cause = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise PlimsollError(f"{variant.file} does not parse, {cause}", "mend that line") from error
    if build_error := answer.get("buildError"):
        raise PlimsollError(f"{variant.file} does not parse, {build_error['message']}", "mend that line")
    return [
        Remark(
            f"{variant.file}:{next((part['start']['line'] for part in warning['location'].get('ranges', [])), 0)}",
            warning["ruleName"],
            warning["detail"],
        )
        for warning in answer.get("warnings") or []
    ]
