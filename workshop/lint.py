"""The style of everything, in one command: Python, shell and GitHub's files here, apps' in their `test` stages."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll.facts.text.hadolint import SETTINGS, TOOLS
from plimsoll.say import say
from workshop import build, field, listed
from workshop.root import ROOT

if TYPE_CHECKING:
    from plimsoll.subject import Variant


def lint(variants: list[Variant]) -> bool:
    """Whether every linter is content; each says itself what it found."""
    files = [name for name in listed.files() if (ROOT / name).is_file() and not name.startswith(f"{field.CASES}/")]
    dockerfiles = [name for name in files if "Dockerfile" in Path(name).name and _ours(name)]
    content = [
        _passes("ruff", "check", "--quiet", "."),
        _passes("ruff", "format", "--check", "--quiet", "."),
        _passes("mypy", "--no-error-summary"),
        _passes("hadolint", f"--config={SETTINGS}", *dockerfiles),
        _passes("zizmor", "--offline", "--quiet", *(name for name in files if _is_githubs(name))),
        _passes("shellcheck", *(name for name in files if _is_shell(ROOT / name))),
    ]
    tests = [variant for variant in variants if variant.name == "test"]
    failed = [built for built in build.build(tests).values() if built.error]
    for built in failed:
        say(f"{built.image}: {built.error}")
    return all(content) and not failed


def _ours(name: str) -> bool:
    """Whether a Dockerfile is meant to be clean: a lesson's bad one is bad on purpose."""
    return not name.endswith((".dockerignore", "bad.Dockerfile"))


def _is_githubs(name: str) -> bool:
    """Whether a file tells GitHub's runners what to do."""
    return name == "action.yml" or name.startswith(".github/workflows/")


def _is_shell(file: Path) -> bool:
    with file.open("rb") as start:
        first = start.readline(100)
    return file.suffix == ".sh" or (first.startswith(b"#!") and b"sh" in first.split(b"/")[-1])


def _passes(tool: str, *arguments: str) -> bool:
    say(f"{tool} {' '.join(arguments[:2])}")
    return subprocess.run([TOOLS / tool, *arguments], cwd=ROOT, check=False).returncode == 0
