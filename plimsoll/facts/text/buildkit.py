"""What BuildKit's own linter says of a Dockerfile, with or without its bases."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from typing import TYPE_CHECKING

from plimsoll import engine, pulls
from plimsoll.errors import PlimsollError, UnreadableError
from plimsoll.facts.text.remark import Remark

if TYPE_CHECKING:
    from plimsoll.subject import Variant

LINT_TIMEOUT = 60
"""Seconds that BuildKit may take, which asks a registry for the bases that are not here."""

UNANSWERED = re.compile(r"Cannot connect to the Docker daemon|error during connect|no builder")
"""What `docker buildx` says of the engine, not of a Dockerfile."""

TOLD_BY_THE_BASE = {
    "platform_is_not_fixed": {"InvalidBaseImagePlatform"},
    "variables_are_declared": {"UndefinedVar"},
    "working_directory_is_absolute": {"WorkdirRelativePath"},
}
"""The rules that nobody can judge without the bases, each with what BuildKit would say of it by an empty one."""


UNHUSHED = "--build-arg=BUILDKIT_DOCKERFILE_CHECK=skip="
"""Stands in for the directive of a Dockerfile that tells it to skip something."""


def check(variant: Variant, *options: str) -> tuple[list[Remark], tuple[str, ...]]:
    """What BuildKit's own linter says of a Dockerfile, of all its stages, and the bases that it does without.

    Raises:
        UnreadableError: the Dockerfile does not parse.

    """
    try:
        return _checked(variant, *options), ()
    except PlimsollError:
        missing = tuple(name for name in variant.dockerfile.bases if not pulls.is_here(name))
        if not missing:
            raise
        # Most of what it says is about the text alone: it looks at empty folders in place of what can't be had.
        with tempfile.TemporaryDirectory() as empty:
            found = _checked(variant, *options, *(f"--build-context={name}={empty}" for name in missing))
        unknown = set().union(*TOLD_BY_THE_BASE.values())
        return [each for each in found if each.rule not in unknown], missing


def _checked(variant: Variant, *options: str) -> list[Remark]:
    command = ["docker", "buildx", "build", "--call=check,format=json", "--file", str(variant.file), *options]
    command += variant.given.options()
    try:
        done = subprocess.run(
            [*command, str(variant.folder)],
            env=engine.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=LINT_TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise PlimsollError(
            f"`docker build --check` took more than {LINT_TIMEOUT} s for {variant.file}", "see why"
        ) from error
    try:
        answer = json.loads(done.stdout[done.stdout.index("{") :])
    except ValueError as error:
        cause = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        if UNANSWERED.search(cause):
            raise PlimsollError(f"BuildKit can't be asked, {cause}", "see that the engine runs") from error
        raise UnreadableError(f"{variant.file} does not parse, {cause}", "fix that line") from error
    if build_error := answer.get("buildError"):
        raise UnreadableError(f"{variant.file} does not parse, {build_error['message']}", "fix that line")
    found = []
    for warning in answer.get("warnings") or []:
        line = next((part["start"]["line"] for part in warning["location"].get("ranges", [])), 0)
        found.append(Remark(line, f"{variant.file}:{line}", warning["ruleName"], warning["detail"]))
    return found
