"""What of a Dockerfile for several platforms is the same for all of them, as far as its text alone tells."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from plimsoll.facts.text import compiling, steps
from plimsoll.parsing.dockerfile import PLATFORM_ARGUMENTS, is_development

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.parsing.dockerfile import Dockerfile, Stage
    from plimsoll.parsing.instructions import Instruction

NAMES = "|".join(sorted(PLATFORM_ARGUMENTS))
USE = re.compile(rf"(?<!\\)\$(?:({NAMES})\b|\{{({NAMES})\b(:?[-+?=])?([^{{}}]*)\}})")
SEVERAL = re.compile(r"\b(?:TARGET(?:ARCH|OS|PLATFORM|VARIANT)|BUILDPLATFORM)\b(?!:?[-+=?])")
"""What somebody writes who has several platforms in mind; whoever gives a default may have one."""

ARCHITECTURE = re.compile(r"(?<![A-Za-z0-9])(?:amd64|x86[_-]64|x64|i386|arm64|aarch64|armv[67]\w*)(?![A-Za-z0-9])")
ONE = {"amd64": "amd64", "x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "aarch64": "arm64"}
CHOSEN = re.compile(r"TARGET(?:ARCH|PLATFORM)|\buname\b|print-arch|\barch\b|\bxx-|get_arch|detect_arch")
"""How a step finds out what platform it is for."""

FOR_ONE = re.compile(
    r"\bGOARCH[= ][\"']?(?:amd64|arm64|386|arm)\b|\bCARGO_BUILD_TARGET[= ][\"']?\w+-[\w-]+"
    r"|(?<=\scargo\s)(?:[^\n;&|]*\s)?--target[= ](?:x86_64|aarch64)-[\w-]+|--runtime[= ]linux[\w-]*|-r linux-[\w-]+"
)
EXPANDED = {"ADD", "COPY", "ENV", "EXPOSE", "LABEL", "RUN", "USER", "VOLUME", "WORKDIR"}
"""The instructions that know a stage's arguments."""

SAID = re.compile(r"\b(?:echo|printf)\b[^|;&>`\n]*(?=[;&\n]|$)")
"""What is only told to whoever watches the build."""

ONLY = re.compile(r"TARGET(?:ARCH|PLATFORM)\}?[\"']?\s*(?:=|==|!=)\s*[\"']?(?:linux/)?[a-z]")
"""How a stage refuses all platforms but one."""

FETCHES = {"aria2c", "curl", "wget"}


def alike(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """What every platform gets the same of although it should not: the line, and what is there."""
    if not is_for_several(dockerfile):
        return
    yield from _undeclared(dockerfile)
    yield from _hidden(dockerfile)
    last = dockerfile.last
    if is_development(last.name):
        return
    root = dockerfile.lineage(last)[-1]
    if root.base != "scratch" and _is_the_builders(root):
        yield root.line, f"the image itself is made from `{root.base}` for the platform that builds it"
    else:
        yield from _compiled(dockerfile)
    yield from _fixed(dockerfile)


def fixed(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """What compiles for one architecture where nobody had several in mind: the line, and what is there."""
    if not is_for_several(dockerfile) and not any(stage.platform for stage in dockerfile.stages):
        yield from _fixed(dockerfile, fetched=False)


def is_for_several(dockerfile: Dockerfile) -> bool:
    """Whether somebody wrote it with several platforms in mind."""
    texts = [*(stage.written for stage in dockerfile.stages), *map(_text, dockerfile.instructions)]
    return any(SEVERAL.search(text) for text in texts)


def crosses(dockerfile: Dockerfile, stage: Stage) -> bool:
    """Whether a stage can be built for any platform here: what runs for it does so on the builder's.

    What else it is made from is `scratch`, and copies.
    """
    needed = dockerfile.needed(stage)
    own = [each for each in needed if not _is_the_builders(dockerfile.lineage(each)[-1])]
    inside = all(dockerfile.lineage(each)[-1].base == "scratch" and not each.all("RUN") for each in own)
    copied = [reference for each in own for copy in each.all("COPY") for reference in copy.flag("from")]
    return inside and len(own) < len(needed) and all(dockerfile.like(each, len(dockerfile.stages)) for each in copied)


def _text(instruction: Instruction) -> str:
    return "\n".join([instruction.arguments, *(value for _, value in instruction.flags), *instruction.heredocs])


def _is_the_builders(stage: Stage) -> bool:
    return "BUILDPLATFORM" in stage.platform


def _undeclared(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The uses of a platform's arguments where nothing declares them."""
    for stage in dockerfile.stages:
        known = {name for above in dockerfile.lineage(stage)[1:] for name in _set(above)}
        for instruction in stage.instructions:
            if instruction.keyword in EXPANDED:
                told: dict[str, str] = {}
                for match in USE.finditer(_expanded(instruction)):
                    name = match[1] or match[2]
                    if name not in known and not _sets_itself(instruction, name) and (lost := _lost(match)):
                        told.setdefault(name, lost)
                for name, lost in told.items():
                    yield instruction.line, f"{name} {_where(dockerfile, stage, name)}: {lost}"
            if instruction.keyword in {"ARG", "ENV"}:
                known |= instruction.pairs.keys()


def _expanded(instruction: Instruction) -> str:
    """What of an instruction knows the arguments; a script's comments left out."""
    text = instruction.script if instruction.keyword == "RUN" else instruction.arguments
    return SAID.sub("", re.sub(r"(?m)^\s*#.*", "", text))


def _set(stage: Stage) -> Iterator[str]:
    for instruction in stage.all("ARG", "ENV"):
        yield from instruction.pairs


def _sets_itself(instruction: Instruction, name: str) -> bool:
    """Whether a step's own script sets the variable."""
    return re.search(rf"(?:^|[\s;&|(]){name}=|\bfor {name} in\b|\bread\b.*\b{name}\b", instruction.script) is not None


def _lost(match: re.Match[str]) -> str:
    """What a variable that nothing declares comes to; empty where that is as it should be."""
    kind, default = match[3] or "", match[4] or ""
    if "-" not in kind:
        return "" if kind else "it is empty here, whatever platform the image is built for"
    computed = "$" in default or "`" in default
    if computed or default == "linux":
        return ""
    return f"`{match[0]}` is the same for every platform"


def _where(dockerfile: Dockerfile, stage: Stage, name: str) -> str:
    """Where an argument is declared instead."""
    if name in _set(stage):
        return "is declared further down only"
    if any(name in each.pairs for each in dockerfile.declared):
        return "is declared above the first FROM only, where only FROM sees it"
    elsewhere = next((each for each in dockerfile.stages if name in _set(each)), None)
    if elsewhere:
        return f"is declared in {f'stage `{elsewhere.name}`' if elsewhere.name else 'another stage'}, not in this one"
    return "is not declared in this stage"


def _hidden(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """The arguments that the builder would give by platform, if they had not a value of their own."""
    again = {name for stage in dockerfile.stages for each in stage.all("ARG") for name in each.pairs}
    again |= {name for stage in dockerfile.stages for name in PLATFORM_ARGUMENTS if name in stage.written}
    for instruction in dockerfile.instructions:
        if instruction.keyword != "ARG":
            continue
        for name, value in instruction.pairs.items():
            own = name.startswith("TARGET") and name in PLATFORM_ARGUMENTS and value is not None
            harmless = value == "linux" or (name == "TARGETVARIANT" and not value) or name in (value or "")
            if own and not harmless and (instruction not in dockerfile.declared or name in again):
                yield instruction.line, f"ARG {name} has a value here, {value!r}, which hides the builder's for each"


def _compiled(dockerfile: Dockerfile) -> Iterator[tuple[int, str]]:
    """What a stage on the builder's platform compiles for that platform, and another stage copies."""
    for stage in dockerfile.needed(dockerfile.last):
        if _is_the_builders(dockerfile.lineage(stage)[-1]):
            continue
        for copy in stage.all("COPY"):
            for reference in copy.flag("from"):
                origin = dockerfile.stage(reference, before=stage.index)
                lineage = dockerfile.lineage(origin) if origin else []
                if lineage and _is_the_builders(lineage[-1]):
                    for made in compiling.outputs(lineage[::-1]):
                        if any(compiling.is_of(made, path) for path in copy.sources):
                            yield made.line, f"`{made.command}` compiles for the builder what line {copy.line} copies"


def _fixed(dockerfile: Dockerfile, *, fetched: bool = True) -> Iterator[tuple[int, str]]:
    """The steps that compile for one architecture, or fetch what is made for one."""
    for stage in dockerfile.needed(dockerfile.last):
        lineage = dockerfile.lineage(stage)
        texts = {each.line: _text(each) for above in lineage for each in above.instructions}
        whole = "\n".join(texts.values())
        if len(_architectures(whole)) > 1 or ONLY.search(whole) or ARCHITECTURE.search(stage.name.replace("_", "-")):
            continue
        for instruction in stage.all("ADD", "ENV", "RUN"):
            text = texts[instruction.line]
            if CHOSEN.search(text):
                continue
            if instruction.keyword != "ADD" and (match := FOR_ONE.search(f" {text}")):
                yield instruction.line, f"`{match[0].strip()}` is for one architecture, whatever platform is built"
            elif fetched and not _is_the_builders(lineage[-1]) and (address := _fetched(instruction)):
                yield instruction.line, f"`{posixpath.basename(address)}` is for one architecture, whatever is built"


def _architectures(text: str) -> set[str]:
    return {ONE.get(match[0], match[0]) for match in ARCHITECTURE.finditer(text)}


def _fetched(instruction: Instruction) -> str:
    """What a step fetches that has one architecture in its name; empty where it fetches none."""
    if instruction.keyword == "ADD":
        words = instruction.sources
    elif instruction.keyword == "RUN":
        fetching = [each for each in steps.commands(instruction) if each.name in FETCHES]
        words = [word for command in fetching for word in command.words[1:]]
    else:
        words = []
    return next((word for word in words if "/" in word and ARCHITECTURE.search(word)), "")
