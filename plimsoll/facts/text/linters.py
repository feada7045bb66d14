"""What other tools find in a Dockerfile, in one form, and which rule each of their findings belongs to."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from plimsoll import pulls
from plimsoll.errors import NotJudgedError
from plimsoll.facts.text import buildkit, doubts, hadolint, silenced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plimsoll.facts.text.remark import Remark
    from plimsoll.parsing.dockerfile import Dockerfile
    from plimsoll.subject import Variant

    Owned = Callable[[str], list[tuple[str, str]]]
    """What belongs to a rule, by its name: each place with the linter's words."""

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


def is_of_both(rule: str) -> bool:
    """Whether a rule of ours stands for some of BuildKit's rules, and for some of hadolint's too."""
    owned = OWNERS.get(rule, "").split()
    return 0 < sum(each.startswith(HADOLINT) for each in owned) < len(owned)


def of_hadolint(dockerfile: Dockerfile) -> Owned:
    """What hadolint says of a Dockerfile.

    Raises:
        PlimsollError: it is missing.

    """
    return _owned(_said(dockerfile))


def of_buildkit(variant: Variant) -> Owned:
    """What BuildKit's linter says of a variant's Dockerfile.

    Of what depends on a base that can't be had, a NotJudgedError tells.

    Raises:
        UnreadableError: the Dockerfile does not parse.

    """
    found, missing = buildkit.check(variant)
    owned = _owned(_believed(found, variant.dockerfile))

    def of(rule: str) -> list[tuple[str, str]]:
        if missing and rule in buildkit.TOLD_BY_THE_BASE:
            raise NotJudgedError(pulls.told(missing))
        return owned(rule)

    return of


@functools.cache
def unhushed(dockerfile: Dockerfile) -> frozenset[tuple[str, int]]:
    """What hadolint would say if no comment told it to ignore anything: its rules, each with the line."""
    return frozenset((each.rule, each.line) for each in hadolint.remarks(dockerfile, hushed=False))


@functools.cache
def unhushed_by_buildkit(variant: Variant) -> frozenset[tuple[str, int]]:
    """What BuildKit would say if no directive told it to skip anything: its rules, each with the line."""
    return frozenset((each.rule, each.line) for each in buildkit.check(variant, buildkit.UNHUSHED)[0])


def unreadable(dockerfile: Dockerfile) -> str:
    """The first line that hadolint can't read, and so does not judge; empty where it reads them all."""
    return next((str(each) for each in _said(dockerfile) if each.rule == hadolint.UNREADABLE), "")


@functools.cache
def _said(dockerfile: Dockerfile) -> tuple[Remark, ...]:
    """What hadolint says, asked once in a process: many rules want to know."""
    return tuple(_believed(hadolint.remarks(dockerfile), dockerfile))


def _believed(remarks: Iterable[Remark], dockerfile: Dockerfile) -> list[Remark]:
    return silenced.audible((each for each in remarks if not doubts.is_wrong(each, dockerfile)), dockerfile)


def _owned(remarks: Iterable[Remark]) -> Owned:
    by_rule: dict[str, list[tuple[str, str]]] = {}
    for each in remarks:
        by_rule.setdefault(owner(each.rule), []).append((each.place, f"{each.rule}, {each.text}"))
    return lambda rule: by_rule.get(rule, [])
