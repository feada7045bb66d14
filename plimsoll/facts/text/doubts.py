"""Where a linter is wrong: it judges by a name, a line or a stage alone, and our own reading knows more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.facts.text import arguments

if TYPE_CHECKING:
    from plimsoll.facts.text.remark import Remark
    from plimsoll.parsing.dockerfile import Dockerfile, Stage
    from plimsoll.parsing.instructions import Instruction

ABOUT_LABELS = {"DL3048", "DL3050", "DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056", "DL3058"}
PIPEFAIL = re.compile(r"(?:^|[\s;&])(?:set|(?:ba|da|a|k|z)?sh)\s(?:[^;&|\n]*\s)?-\w*o\s+pipefail\b")
ALONE = re.compile(r"exec\s[^;&|]+")
"""A command in shell form in whose place the program is: no shell stays between the engine and it."""


def is_wrong(remark: Remark, dockerfile: Dockerfile) -> bool:
    """Whether what a linter remarks is not so."""
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.line == remark.line:
                return _is_wrong(remark, instruction, dockerfile, stage)
    return any(each.line == remark.line and _holds_none(remark, each) for each in dockerfile.declared)


def _is_wrong(remark: Remark, instruction: Instruction, dockerfile: Dockerfile, stage: Stage) -> bool:
    kept = instruction.trigger or instruction
    if remark.rule in ABOUT_LABELS:
        return _is_given_by_the_build(remark, instruction)
    if remark.rule == "DL3000":
        return _is_below_an_absolute_one(instruction, dockerfile, stage)
    if remark.rule == "DL4006":
        return PIPEFAIL.search(kept.script) is not None
    if remark.rule in {"DL3025", "JSONArgsRecommended"}:
        return kept.keyword == "HEALTHCHECK" or ALONE.fullmatch(kept.arguments) is not None
    return _holds_none(remark, instruction)


def _holds_none(remark: Remark, instruction: Instruction) -> bool:
    """Whether a variable is said to hold a secret whose name only sounds so, or whose value is none."""
    if remark.rule == "DL3064":  # it says of no name that it is the one
        return not any(arguments.is_secret(instruction, name) for name in instruction.pairs)
    name = re.search(r'\((?:ARG|ENV) "(.*)"\)', remark.text) if remark.rule == "SecretsUsedInArgOrEnv" else None
    return name is not None and arguments.holds_no_secret(instruction, name[1])


def _is_given_by_the_build(remark: Remark, instruction: Instruction) -> bool:
    """Whether a remark is about a label whose value is a variable."""
    name = re.search(r"`(.*?)`", remark.text)
    return name is not None and "$" in (instruction.pairs.get(name[1]) or "")


def _is_below_an_absolute_one(instruction: Instruction, dockerfile: Dockerfile, stage: Stage) -> bool:
    """Whether a relative WORKDIR stands on one of this file that says where: in its stage, or in one below."""
    own = [each for each in stage.all("WORKDIR") if each.line < instruction.line]
    below = [each for parent in dockerfile.lineage(stage)[1:] for each in parent.all("WORKDIR")]
    return any("".join(each.words[:1]).startswith(("/", "$")) for each in [*own, *below])
