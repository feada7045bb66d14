"""What other tools find in a Dockerfile, in one form, and which rule each of their findings belongs to."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll.errors import NotJudgedError, PlimsollError
from plimsoll.facts.text import buildkit, doubts, hadolint, silenced

if TYPE_CHECKING:
    from plimsoll.facts.text.remark import Remark
    from plimsoll.subject import Variant

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
    if rule in buildkit.TOLD_BY_THE_BASE and (missing := _said(variant).missing):
        raise NotJudgedError(f"base {', '.join(missing)} can't be had")
    return [(each.place, f"{each.rule}, {each.text}") for each in remarks(variant) if owner(each.rule) == rule]


def unreadable(variant: Variant) -> str:
    """The first line that hadolint can't read, and so does not judge; empty where it reads them all."""
    return next((str(each) for each in remarks(variant) if each.rule == hadolint.UNREADABLE), "")


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
        checked, missing = buildkit.check(variant)
        others = hadolint.remarks(variant.dockerfile, variant.file) if variant.file else []
    except PlimsollError as error:
        return _Said(error=error)
    said = {(each.line, owner(each.rule)) for each in checked}
    found = [*checked, *(each for each in others if (each.line, owner(each.rule)) not in said)]
    believed = (each for each in found if not doubts.is_wrong(each, variant.dockerfile))
    return _Said(tuple(silenced.audible(believed, variant.dockerfile)), missing)
