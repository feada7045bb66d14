"""What hadolint says of a Dockerfile, which it is given as it can read it.

Its own parser knows one form of heredoc, loses its way in all others, and starts every stage anew. So it is given what
ours has read: each instruction on one line, each script under an end of our own, each stage with what it inherits.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import DISTRIBUTION
from plimsoll.errors import PlimsollError
from plimsoll.facts.text.remark import Remark
from plimsoll.parsing import instructions, shell
from plimsoll.parsing.heredocs import heredoc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.parsing.dockerfile import Dockerfile, Stage
    from plimsoll.parsing.instructions import Instruction

TOOLS = Path(sysconfig.get_path("scripts"))
SETTINGS = Path(__file__).parents[2] / "data/hadolint.yaml"

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

QUICK = 15
"""Seconds that hadolint may take: it needs hundredths of one, except for lines of a megabyte."""

UNREADABLE = "DL1000"
"""Hadolint's name for a line that it can't read: BuildKit's parser is the one that counts."""

TRIES = 5
"""Instructions that may be kept from hadolint because it does not read them."""

END = "END_OF_THIS_SCRIPT"
FLAGS = {"mount", "network", "security"}
"""The flags of RUN that hadolint knows."""

PRAGMA = re.compile(r"hadolint\s+(?:ignore|shell)\s*=")
ANNOUNCEMENT = re.compile(r"\d*<<-?\s*(?:\\.|\"[^\"]*\"|'[^']*'|[^\s<>;|&()\"'])+")
PARAMETER = re.compile(r"\$\{(\w+)[^{}]*\}")


def remarks(dockerfile: Dockerfile, *, hushed: bool = True) -> list[Remark]:
    """What hadolint says of a Dockerfile, ShellCheck's findings in its RUN steps included.

    By the settings beside the Dockerfile, or else our own. What it can't read is kept from it, and told as UNREADABLE.

    Args:
        dockerfile: what it is asked about.
        hushed: whether it heeds the comments that tell it to ignore something.

    """
    file = dockerfile.path or Path("Dockerfile")
    beside = [file.parent / name for name in (".hadolint.yaml", ".hadolint.yml")]
    settings = next((each for each in beside if each.is_file()), SETTINGS)
    unread: dict[int, Remark] = {}
    for _ in range(TRIES):
        lines = list(_readable(dockerfile, set(unread)))
        found = _asked("\n".join(line.text for line in lines), settings, hushed=hushed)
        placed = [_placed(each, lines, file) for each in found]
        failed = next((each for each in placed if each.rule == UNREADABLE), None)
        if failed is None:
            return [*unread.values(), *(each for each in placed if each.line)]
        if failed.line in unread or not failed.line:
            return [*unread.values(), replace(failed, line=failed.line or 1)]
        unread[failed.line] = failed
    return list(unread.values())


@dataclass(frozen=True)
class _Line:
    """A line as hadolint is given it, and the line of the Dockerfile that it stands for, 0 for none."""

    text: str
    line: int = 0


def _placed(remark: Remark, lines: list[_Line], file: Path) -> Remark:
    index = min(max(remark.line, 1), len(lines)) - 1
    if remark.rule == UNREADABLE:  # it often notices at the next line, at the end of what it has swallowed
        line = next((each.line for each in reversed(lines[: index + 1]) if each.line), 1)
    else:
        line = lines[index].line
    return replace(remark, line=line, place=f"{file}:{line}")


def _readable(dockerfile: Dockerfile, unread: set[int]) -> Iterator[_Line]:
    """A Dockerfile in lines that hadolint can read, but for instructions on some lines."""
    if "escape" in dockerfile.directives:
        yield _Line(f"# escape={dockerfile.directives['escape']}")
    for comment in dockerfile.comments:
        if re.match(r"hadolint\s+global\s", comment):
            yield _Line(f"# {comment}")
    for instruction in dockerfile.declared:
        yield from _given(instruction, unread)
    for stage in dockerfile.stages:
        platform = f"--platform={stage.platform} " if stage.platform else ""
        name = f" AS {stage.name}" if stage.name else ""
        yield from _pragmas(stage.comments)
        yield _Line(f"FROM {platform}{stage.base}{name}", stage.line)
        yield from _inherited(dockerfile, stage)
        for instruction in stage.instructions:
            yield from _given(instruction, unread)


def _inherited(dockerfile: Dockerfile, stage: Stage) -> Iterator[_Line]:
    """What the stages below have set, which hadolint forgets."""
    below = dockerfile.lineage(stage)[1:]
    names = {name for parent in below for each in parent.all("ARG", "ENV") for name in each.pairs}
    yield from (_Line(f"ARG {name}") for name in sorted(names) if re.fullmatch(r"\w+", name))
    if below and below[0].shell != instructions.SHELL:
        yield _Line(_shell(below[0].shell))


def _pragmas(comments: tuple[str, ...]) -> Iterator[_Line]:
    yield from (_Line(f"# {comment}") for comment in comments if PRAGMA.match(comment))


def _given(instruction: Instruction, unread: set[int]) -> Iterator[_Line]:
    """The lines that one instruction becomes."""
    yield from _pragmas(instruction.comments)
    kept = instruction.trigger or instruction
    onbuild = "ONBUILD " if instruction.trigger else ""
    of_no_shell = kept.keyword == "RUN" and _is_of_no_shell(kept)
    if instruction.line in unread or of_no_shell:
        yield _Line("#", instruction.line)
    elif kept.keyword != "RUN":
        yield _Line(f"{onbuild}{_written(kept)}", instruction.line)
    elif kept.is_one_heredoc:
        yield _Line(f"RUN {_flags(kept)}<<{END}", instruction.line)  # of ONBUILD, it reads no heredoc
        # It takes the line end for a part of the end, and wants another.
        yield from (_Line(line, instruction.line) for line in (*kept.heredocs[0].splitlines(), END, ""))
    else:
        script = ANNOUNCEMENT.sub("</dev/null", kept.arguments) if kept.heredocs else kept.arguments
        yield _Line(f"{onbuild}RUN {_flags(kept)}{script}", instruction.line)


def _is_of_no_shell(run: Instruction) -> bool:
    """Whether a RUN is in a language that hadolint does not know: that of SHELL, or of its script's first line."""
    if run.is_one_heredoc and run.heredocs[0].startswith("#!"):
        return not shell.is_script(run.heredocs[0])
    return run.exec_form is None and not run.is_for_a_shell


def _flags(run: Instruction) -> str:
    return "".join(f"--{name}={value} " for name, value in run.flags if name in FLAGS)


def _written(instruction: Instruction) -> str:
    """An instruction that is no RUN, on one line."""
    arguments = instruction.arguments
    if instruction.keyword == "SHELL":
        return _shell(tuple(instruction.words))
    if instruction.keyword == "EXPOSE":
        arguments = PARAMETER.sub(r"${\1}", arguments)
    if instruction.keyword == "WORKDIR" and len(arguments.strip("\"'")) < 2 and arguments != "/":
        arguments = f"./{arguments}"  # it crashes on a path of one letter
    if instruction.heredocs:
        words = (heredoc(word) or word for word in arguments.split())
        arguments = " ".join(word if isinstance(word, str) else word.name for word in words)
    flags = "".join(f"--{name}={value} " if value else f"--{name} " for name, value in instruction.flags)
    return f"{instruction.keyword} {flags}{arguments}"


def _shell(words: tuple[str, ...]) -> str:
    """A SHELL from the word on that is one: of what comes before, such as `conda run`, it knows nothing."""
    begins = next((index for index, word in enumerate(words) if shell.is_shell((word,))), None)
    if begins is None:
        return f"SHELL {json.dumps(instructions.SHELL)}"
    program, *options = words[begins:]
    return f"SHELL {json.dumps([program if '/' in program else f'/bin/{program}', *options])}"


@functools.cache
def _program(name: str) -> str:
    """Where a program is that was installed with this one: for all, for one user, or beside what was called."""
    user = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    places = [str(TOOLS), user, str(Path(sys.argv[0]).parent), os.environ.get("PATH", os.defpath)]
    if found := shutil.which(name, path=os.pathsep.join(places)):
        return found
    raise PlimsollError(f"{name} is missing, which was installed with {DISTRIBUTION}", f"install {DISTRIBUTION} again")


def _asked(text: str, settings: Path, *, hushed: bool) -> list[Remark]:
    labels = [f"--require-label={name}:{schema}" for name, schema in LABELS.items()]
    command = [_program("hadolint"), "--no-fail", "--format=json", f"--config={settings}", *labels, "-"]
    command += [] if hushed else ["--disable-ignore-pragma"]
    try:
        answer = subprocess.run(
            command, input=f"{text}\n", capture_output=True, text=True, check=True, timeout=QUICK, errors="replace"
        )
    except subprocess.TimeoutExpired:
        return [Remark(1, "", UNREADABLE, f"it took more than {QUICK} s")]
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines() or ["it says nothing"]
        return [Remark(1, "", UNREADABLE, said[0])]
    return [
        Remark(row["line"], "", row["code"], " ".join(row["message"].split()))
        for row in json.loads(answer.stdout)
        if row["code"] != "DL3049"  # a label that is missing: the schema is for those that are there
    ]
