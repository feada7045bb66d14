"""What other tools find in a Dockerfile, in one form, and which rule each of their findings belongs to."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import DISTRIBUTION, engine, pulls
from plimsoll.errors import NotJudgedError, PlimsollError
from plimsoll.facts.text import arguments
from plimsoll.parsing import instructions

if TYPE_CHECKING:
    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.parsing.instructions import Instruction
    from plimsoll.subject import Variant

TOOLS = Path(sysconfig.get_path("scripts"))
SETTINGS = Path(__file__).parents[2] / "data/hadolint.yaml"
HADOLINT = ("DL", "SC")
"""What the names of hadolint's rules begin with, ShellCheck's among them; BuildKit's are words."""

OWNERS = {
    "bases_have_a_fixed_tag": "DL3006 DL3007 DL3022",
    "commands_are_in_exec_form": "JSONArgsRecommended DL3025",
    "copies_only_what_the_context_has": "CopyIgnoredFile",
    "does_not_upgrade_the_base": "DL3005 DL3017 DL3031 DL3035 DL3039",
    "does_not_use_sudo": "DL3004",
    "files_are_copied_not_added": "DL3010 DL3020",
    "installs_without_questions_or_extras": "DL3014 DL3015 DL3027 DL3030 DL3034 DL3038",
    "instructions_are_cased_alike": "ConsistentInstructionCasing FromAsCasing",
    "keeps_no_package_cache": "DL3019 DL3032 DL3036 DL3040 DL3042 DL3060",
    "labels_follow_their_schema": "DL3048 DL3050 DL3051 DL3052 DL3053 DL3054 DL3055 DL3056 DL3058",
    "no_secret_in_arguments_or_environment": "SecretsUsedInArgOrEnv DL3064",
    "one_command_and_one_health_check": "MultipleInstructionsDisallowed DL3012 DL4003 DL4004",
    "package_lists_are_updated_and_removed_in_one_step": "DL3009",
    "pipes_fail_when_a_part_fails": "DL4006",
    "platform_is_not_fixed": (
        "ConstPlatformDisallowed FromPlatformFlagConstDisallowed InvalidBaseImagePlatform InvalidPlatform "
        "RedundantTargetPlatform DL3029 DL3065"
    ),
    "ports_are_valid_and_ssh_is_not_exposed": "ExposeInvalidFormat ExposeProtoCasing DL3011",
    "runs_as_a_numeric_non_root_user": "DL3002 DL3066",
    "scripts_are_sound": "SC DL4005",
    "stage_names_are_lower_case_and_unique": (
        "DuplicateStageName ReservedStageName StageNameCasing DL3023 DL3024 DL3063"
    ),
    "uses_nothing_deprecated": "LegacyKeyValueFormat MaintainerDeprecated DL3043 DL4000",
    "variables_are_declared": "InvalidDefaultArgInFrom UndefinedArgInFrom UndefinedVar DL3044",
    "versions_of_packages_are_pinned": "DL3008 DL3013 DL3016 DL3018 DL3028 DL3033 DL3037 DL3041 DL3062",
    "working_directory_is_absolute": "WorkdirRelativePath DL3000 DL3003 DL3045",
}
"""The rules, each with the linters' rules that it stands for; `SC` is all of ShellCheck.

What no rule owns belongs to `docker_build_check_finds_nothing` or `hadolint_finds_nothing`."""

LABELS = {
    "org.opencontainers.image.created": "rfc3339",
    "org.opencontainers.image.documentation": "url",
    "org.opencontainers.image.licenses": "spdx",
    "org.opencontainers.image.revision": "hash",
    "org.opencontainers.image.source": "url",
    "org.opencontainers.image.url": "url",
    "org.opencontainers.image.version": "semver",
}
"""What OCI says of the values of its labels."""

LINT_TIMEOUT = 60
"""Seconds that BuildKit may take, which asks a registry for the bases that are not here."""

QUICK = 15
"""Seconds that hadolint may take: it needs hundredths of one, except for lines of a megabyte."""

TOLD_BY_THE_BASE = {
    "platform_is_not_fixed": {"InvalidBaseImagePlatform"},
    "variables_are_declared": {"UndefinedVar"},
    "working_directory_is_absolute": {"WorkdirRelativePath"},
}
"""The rules that nobody can judge without the bases, each with what BuildKit would say of it by an empty one."""

UNREADABLE = "DL1000"
"""Hadolint's name for a line that it can't read: BuildKit's parser is the one that counts."""


@dataclass(frozen=True)
class Remark:
    """One remark of a linter.

    Attributes:
        line: in the Dockerfile.
        place: file and line, as `file:line`.
        rule: the linter's own name of its rule.
        text: what it found.

    """

    line: int
    place: str
    rule: str
    text: str

    def __str__(self) -> str:
        """As a linter prints it."""
        return f"{self.place}: {self.rule}: {self.text}"


def owner(rule: str) -> str:
    """The rule of ours that a linter's rule belongs to."""
    for name, owned in OWNERS.items():
        if rule in owned.split() or (rule.startswith("SC") and "SC" in owned.split()):
            return name
    return "hadolint_finds_nothing" if rule.startswith(HADOLINT) else "docker_build_check_finds_nothing"


def owned(variant: Variant, rule: str) -> list[tuple[str, str]]:
    """What the linters found that belongs to a rule of ours: each place with the linter's words.

    Raises:
        NotJudgedError: that depends on a base that can't be had.
        PlimsollError: the Dockerfile does not parse.

    """
    if rule in TOLD_BY_THE_BASE and (missing := _said(variant).missing):
        raise NotJudgedError(f"base {', '.join(missing)} can't be had")
    return [(each.place, f"{each.rule}, {each.text}") for each in remarks(variant) if owner(each.rule) == rule]


def unreadable(variant: Variant) -> str:
    """The line that hadolint can't read, which then judges none; empty where it reads them all."""
    return next((str(each) for each in remarks(variant) if each.rule == UNREADABLE), "")


def remarks(variant: Variant) -> tuple[Remark, ...]:
    """What both linters say of a variant's Dockerfile; a thing that both say, once.

    Raises:
        PlimsollError: the Dockerfile does not parse.

    """
    said = _said(variant)
    if said.error:
        raise said.error
    return said.remarks


@dataclass(frozen=True)
class _Said:
    """What both said of a Dockerfile.

    Attributes:
        remarks: what they remarked.
        missing: the bases that can't be had, in whose place BuildKit looked at empty ones.
        error: why they can't say anything, None where they can.

    """

    remarks: tuple[Remark, ...] = ()
    missing: tuple[str, ...] = ()
    error: PlimsollError | None = None


@functools.cache
def _said(variant: Variant) -> _Said:
    """What both say, or why they can't: asked once in a process, for many rules want to know."""
    try:
        (checked, missing), others = check(variant), hadolint(variant)
    except PlimsollError as error:
        return _Said(error=error)
    said = {(each.line, owner(each.rule)) for each in checked}
    found = [*checked, *(each for each in others if (each.line, owner(each.rule)) not in said)]
    return _Said(tuple(each for each in found if not _is_wrong(each, variant.dockerfile)), missing)


def _is_wrong(remark: Remark, dockerfile: Dockerfile) -> bool:
    """Whether a linter judges by a name or a text what only the value can tell, and the value tells otherwise."""
    instruction = next((each for each in dockerfile.instructions if each.line == remark.line), None)
    if instruction is None:
        return False
    if remark.rule == "SecretsUsedInArgOrEnv":
        name = re.search(r'\((?:ARG|ENV) "(.*)"\)', remark.text)
        return name is not None and arguments.holds_no_secret(instruction, name[1])
    if owner(remark.rule) == "labels_follow_their_schema":
        return _is_given_by_the_build(remark, instruction)
    return False


def _is_given_by_the_build(remark: Remark, instruction: Instruction) -> bool:
    """Whether a remark is about a label whose value is a variable."""
    name = re.search(r"`(.*?)`", remark.text)
    return name is not None and "$" in (instruction.pairs.get(name[1]) or "")


def hadolint(variant: Variant) -> list[Remark]:
    """What hadolint says of a Dockerfile, ShellCheck's findings in its RUN steps included.

    By the settings beside the Dockerfile, or else our own. It does not read every heredoc: where it
    fails at one, all are left out.
    """
    if variant.file is None:
        return []
    beside = [variant.file.parent / name for name in (".hadolint.yaml", ".hadolint.yml")]
    settings = next((file for file in beside if file.is_file()), SETTINGS)
    text = variant.dockerfile.text
    emptied = instructions.without_heredocs(text)
    found = _hadolint(variant.file, text, settings)
    if emptied != text and any(each.rule == UNREADABLE for each in found):
        found = _hadolint(variant.file, emptied, settings)
    return found


@functools.cache
def _program(name: str) -> str:
    """Where a program is that was installed with this one: for all, for one user, or beside what was called."""
    user = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    places = [str(TOOLS), user, str(Path(sys.argv[0]).parent), os.environ.get("PATH", os.defpath)]
    if found := shutil.which(name, path=os.pathsep.join(places)):
        return found
    raise PlimsollError(f"{name} is missing, which was installed with {DISTRIBUTION}", f"install {DISTRIBUTION} again")


def _hadolint(file: Path, text: str, settings: Path) -> list[Remark]:
    labels = [f"--require-label={name}:{schema}" for name, schema in LABELS.items()]
    command = [_program("hadolint"), "--no-fail", "--format=json", f"--config={settings}", *labels, "-"]
    try:
        answer = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=QUICK)
    except subprocess.TimeoutExpired:
        return [Remark(1, f"{file}:1", UNREADABLE, f"it took more than {QUICK} s")]
    except subprocess.CalledProcessError as error:
        return [Remark(1, f"{file}:1", UNREADABLE, " ".join(error.stderr.split()))]
    return [
        Remark(row["line"], f"{file}:{row['line']}", row["code"], " ".join(row["message"].split()))
        for row in json.loads(answer.stdout)
        if row["code"] != "DL3049"  # a label that is missing: the schema is for those that are there
    ]


def check(variant: Variant) -> tuple[list[Remark], tuple[str, ...]]:
    """What BuildKit's own linter says of a Dockerfile, of all its stages, and the bases that it does without.

    Raises:
        PlimsollError: the Dockerfile does not parse.

    """
    try:
        return _checked(variant), ()
    except PlimsollError:
        missing = tuple(name for name in variant.dockerfile.bases if not pulls.is_here(name))
        if not missing:
            raise
        # Most of what it says is about the text alone: it looks at empty folders in place of what can't be had.
        with tempfile.TemporaryDirectory() as empty:
            found = _checked(variant, *(f"--build-context={name}={empty}" for name in missing))
        unknown = set().union(*TOLD_BY_THE_BASE.values())
        return [each for each in found if each.rule not in unknown], missing


def _checked(variant: Variant, *options: str) -> list[Remark]:
    command = ["docker", "buildx", "build", "--call=check,format=json", "--file", str(variant.file), *options]
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
        raise PlimsollError(f"{variant.file} does not parse, {cause}", "fix that line") from error
    if build_error := answer.get("buildError"):
        raise PlimsollError(f"{variant.file} does not parse, {build_error['message']}", "fix that line")
    found = []
    for warning in answer.get("warnings") or []:
        line = next((part["start"]["line"] for part in warning["location"].get("ranges", [])), 0)
        found.append(Remark(line, f"{variant.file}:{line}", warning["ruleName"], warning["detail"]))
    return found
