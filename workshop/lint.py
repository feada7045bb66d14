"""The style of everything, in one command: Python, shell and GitHub's files here, apps' in their `test` stages."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.facts.text.hadolint import SETTINGS, TOOLS
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.say import say
from workshop import bases, build, field, listed
from workshop.root import BUILD, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.subject import Variant

WORKFLOWS = ".github/workflows/"
SOURCES = ROOT / "workshop/tools"


def lint(variants: list[Variant]) -> bool:
    """Whether every linter is content; each says itself what it found."""
    others = (f"{field.CASES}/", f"{field.RETOLD}/")
    files = [name for name in listed.files() if (ROOT / name).is_file() and not name.startswith(others)]
    dockerfiles = [name for name in files if "Dockerfile" in Path(name).name and _ours(name)]
    content = [
        _passes("ruff", "check", "--quiet", "."),
        _passes("ruff", "format", "--check", "--quiet", "."),
        _passes("mypy", "--no-error-summary"),
        _passes("hadolint", f"--config={SETTINGS}", *dockerfiles),
        audit(name for name in files if _is_githubs(name)),
        _passes("shellcheck", *(name for name in files if _is_shell(ROOT / name))),
    ]
    tests = [variant for variant in variants if variant.name == "test"]
    failed = [built for built in build.build(tests).values() if built.error]
    for built in failed:
        say(f"{built.image}: {built.error}")
    workflows = [name for name in files if name.startswith(WORKFLOWS)]
    content.append(_passes(str(_built() / "actionlint"), f"-shellcheck={TOOLS / 'shellcheck'}", *workflows))
    return all(content) and not failed


def audit(files: Iterable[str]) -> bool:
    """Whether files for GitHub's runners call actions by commit, and give nobody more rights than they need."""
    return _passes("zizmor", "--offline", "--quiet", *files)


def _built() -> Path:
    """The folder of the linters that are built here, since nobody packs them for Python.

    Raises:
        PlimsollError: they can't be built.

    """
    file = SOURCES / "Dockerfile"
    bases.ensure({name: f"{file}:{line}" for name, line in Dockerfile.read(file).bases.items()})
    target = BUILD / "tools"
    command = ["docker", "buildx", "build", "--quiet", f"--output={target}", str(SOURCES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PlimsollError(f"{SOURCES} can't be built: {done.stderr.strip()[-500:]}", "see why, and try again")
    return target


def _ours(name: str) -> bool:
    """Whether a Dockerfile is meant to be clean: a lesson's bad one is bad on purpose."""
    return not name.endswith((".dockerignore", "bad.Dockerfile"))


def _is_githubs(name: str) -> bool:
    """Whether a file tells GitHub's runners what to do."""
    return name == "action.yml" or name.startswith(WORKFLOWS)


def _is_shell(file: Path) -> bool:
    with file.open("rb") as start:
        first = start.readline(100)
    return file.suffix == ".sh" or (first.startswith(b"#!") and b"sh" in first.split(b"/")[-1])


def _passes(tool: str, *arguments: str) -> bool:
    say(f"{Path(tool).name} {' '.join(arguments[:2])}")
    return subprocess.run([TOOLS / tool, *arguments], cwd=ROOT, check=False).returncode == 0
