"""Where the owner of a Dockerfile has told a linter to be quiet: whoever else says the same is quiet there too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from plimsoll.facts.text.remark import Remark
    from plimsoll.parsing.dockerfile import Dockerfile, Stage
    from plimsoll.parsing.instructions import Instruction

HADOLINT = re.compile(r"hadolint\s+(global\s+)?ignore\s*=\s*((?:[A-Z]+\d+\s*,\s*)*[A-Z]+\d+)(?:\s*#.*)?$")
CHECK = re.compile(r"(?:^|;)\s*skip\s*=\s*([^;]*)")
IGNORED = re.compile(r"^ignored:(.*(?:\n(?:[ \t#-].*)?)*)", re.MULTILINE)
CODE = re.compile(r"\b(?:DL|SC)\d{4}\b")

ALIKE = (
    {"DL3000", "WorkdirRelativePath"},
    {"DL3012", "DL4003", "DL4004", "MultipleInstructionsDisallowed"},
    {"DL3024", "DuplicateStageName"},
    {"DL3025", "JSONArgsRecommended"},
    {"DL3029", "FromPlatformFlagConstDisallowed"},
    {"DL3064", "SecretsUsedInArgOrEnv"},
    {"DL4000", "MaintainerDeprecated"},
)
"""The rules by which hadolint and BuildKit say the same."""


def audible(remarks: Iterable[Remark], dockerfile: Dockerfile) -> list[Remark]:
    """Those of the linters' remarks that nobody switched off by the other one's name."""
    quiet = [(codes, lines(dockerfile, codes)) for codes in ALIKE]
    return [each for each in remarks if not any(each.rule in codes and each.line in there for codes, there in quiet)]


def lines(dockerfile: Dockerfile, codes: Collection[str]) -> set[int]:
    """The lines of the instructions for which any of these rules of hadolint or BuildKit is switched off."""
    parts: list[Stage | Instruction] = [*dockerfile.stages, *dockerfile.instructions]
    everywhere = set(_everywhere(dockerfile))
    if _meets(everywhere, codes):
        return {part.line for part in parts}
    return {part.line for part in parts if _meets({code for each in part.comments for code in _above(each)}, codes)}


def _meets(skipped: set[str], codes: Collection[str]) -> bool:
    of_buildkit = any(not CODE.fullmatch(code) for code in codes)
    return not skipped.isdisjoint(codes) or ("all" in skipped and of_buildkit)


def _above(comment: str) -> Iterator[str]:
    """What a comment above an instruction switches off there."""
    if match := HADOLINT.match(comment):
        yield from CODE.findall(match[2])
    name, _, value = comment.partition("=")
    if name.strip().lower() == "check":
        yield from _skipped(value)


def _skipped(value: str) -> Iterator[str]:
    """The rules that a `check` skips; what stands behind a space is a reason."""
    for match in CHECK.finditer(value.strip().partition(" ")[0]):
        yield from (rule.strip() for rule in match[1].split(","))


def _everywhere(dockerfile: Dockerfile) -> Iterator[str]:
    """What is switched off for the whole file: at its top, or in hadolint's settings beside it."""
    yield from _skipped(dockerfile.directives.get("check", ""))
    for comment in dockerfile.comments:
        if (match := HADOLINT.match(comment)) and match[1]:
            yield from CODE.findall(match[2])
    folder = dockerfile.path.parent if dockerfile.path else None
    for name in (".hadolint.yaml", ".hadolint.yml"):
        if folder and (folder / name).is_file():
            for match in IGNORED.finditer((folder / name).read_text(errors="replace")):
                yield from CODE.findall(re.sub(r"#.*", "", match[1]))
            return
