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

OF_IMAGES: dict[str, tuple[set[str], set[str]]] = {
    "entrypoint_is_in_exec_form": ({"CMD", "ENTRYPOINT"}, {"DL3025", "JSONArgsRecommended"}),
    "environment_holds_no_secret": ({"ENV"}, {"DL3064", "SecretsUsedInArgOrEnv"}),
    "has_a_health_check": ({"FROM"}, {"DL3057"}),
    "has_no_package_caches": (
        {"RUN"},
        {"DL3009", "DL3019", "DL3032", "DL3036", "DL3040", "DL3042", "DL3060"},
    ),
    "history_holds_no_secret": ({"ARG", "ENV"}, {"DL3064", "SecretsUsedInArgOrEnv"}),
    "runs_as_a_numeric_non_root_user": ({"FROM", "USER"}, {"DL3002", "DL3066"}),
}
"""Our rules that say of an image what hadolint or BuildKit says of a text: the instructions that make it so, and the
names of theirs."""

ALL = "all"
"""What stands for all of BuildKit's rules."""

LAST_COUNTS = {"CMD", "ENTRYPOINT", "USER"}
"""The instructions of which only the last says something of the image."""


def told(dockerfile: Dockerfile) -> Iterator[tuple[str, int]]:
    """What hadolint and BuildKit are told in a Dockerfile not to say: their rules, each with its line, 0 for all."""
    yield from ((rule, 0) for rule in _skipped(dockerfile.directives.get("check", "")) if rule)
    yield from ((rule, 0) for comment in dockerfile.comments for rule in _of_hadolint(comment, everywhere=True))
    parts: list[Stage | Instruction] = [*dockerfile.stages, *dockerfile.instructions]
    for part in parts:
        yield from ((rule, part.line) for comment in part.comments for rule in _of_hadolint(comment, everywhere=False))


def is_of_hadolint(rule: str) -> bool:
    """Whether a linter's rule is one of hadolint's, ShellCheck's among them."""
    return bool(CODE.fullmatch(rule))


def alike(rule: str) -> set[str]:
    """A linter's rule, and those by which the other one says the same."""
    return next((each for each in ALIKE if rule in each), {rule})


def _of_hadolint(comment: str, *, everywhere: bool) -> list[str]:
    """What a comment tells hadolint to ignore: in the whole file, or at one instruction."""
    match = HADOLINT.match(comment)
    return CODE.findall(match[2]) if match and bool(match[1]) == everywhere else []


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


def of_image(rule: str, dockerfile: Dockerfile, stage: Stage) -> set[int]:
    """The lines that make of a stage's image what a rule of ours is about, and for which it is switched off."""
    keywords, codes = OF_IMAGES.get(rule, (set(), set()))
    quiet = lines(dockerfile, codes) if codes else set()
    lineage = dockerfile.lineage(stage)
    steps = [step for each in reversed(lineage) for step in each.all(*keywords)]
    last = {step.keyword: step.line for step in steps}
    made = {step.line for step in steps if step.keyword not in LAST_COUNTS or step.line == last[step.keyword]}
    return quiet & (made | {each.line for each in lineage if "FROM" in keywords})


def _meets(skipped: set[str], codes: Collection[str]) -> bool:
    of_buildkit = any(not CODE.fullmatch(code) for code in codes)
    return not skipped.isdisjoint(codes) or (ALL in skipped and of_buildkit)


def _above(comment: str) -> Iterator[str]:
    """What a comment above an instruction switches off there."""
    yield from (*_of_hadolint(comment, everywhere=False), *_of_hadolint(comment, everywhere=True))
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
        yield from _of_hadolint(comment, everywhere=True)
    folder = dockerfile.path.parent if dockerfile.path else None
    for name in (".hadolint.yaml", ".hadolint.yml"):
        if folder and (folder / name).is_file():
            for match in IGNORED.finditer((folder / name).read_text(errors="replace")):
                yield from CODE.findall(re.sub(r"#.*", "", match[1]))
            return


def beside(
    diagnostics: list[tuple[str, str]], dockerfile: Dockerfile, found: Iterable[tuple[int, str]], same: str = ""
) -> list[tuple[str, str]]:
    """What the linters say, and what else is found where they say nothing and are not told to be quiet.

    Args:
        diagnostics: what they say, each with its place.
        dockerfile: of which.
        found: what else there is, each with its line.
        same: the linters' rules that say the same, with spaces between them.

    """
    said = {place for place, _ in diagnostics} | set(map(dockerfile.place, lines(dockerfile, same.split())))
    return [*diagnostics, *((place, what) for line, what in found if (place := dockerfile.place(line)) not in said)]
