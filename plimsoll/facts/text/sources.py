"""What a folder's files are to a build: which are sources, which are tests, and how a test that fails is written."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll import folders

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = "planted-by-plimsoll"
"""What a planted test says when it runs; put together only then, so that no tool that prints the source says it too."""

SETTINGS = re.compile(r"(^|/)(\.[^/]*|conftest|setup|build|[^/]*\.(config|d))\.[^/]+$|(^|/)\.[^/]+/")
"""Files in a programming language that configure a tool."""

COMMENTS = {
    **dict.fromkeys((".c", ".cpp", ".cs", ".go", ".java", ".js", ".jsx", ".kt", ".mjs", ".rs", ".ts", ".tsx"), "// {}"),
    **dict.fromkeys((".ex", ".pl", ".py", ".rb", ".sh"), "# {}"),
    ".css": "/* {} */",
    ".html": "<!-- {} -->",
}
"""How a comment is written in a source, by the ending of its name."""


@dataclass(frozen=True)
class Tests:
    """The unit tests of a language.

    Attributes:
        pattern: what their files' paths look like.
        name: what the file of a planted one is called.
        text: a test that fails.

    """

    pattern: re.Pattern[str]
    name: str
    text: str


WORDS = ", ".join(f'"{word}"' for word in PLANTED.split("-"))

TESTS = (
    Tests(
        re.compile(r"_test\.go$"),
        "plimsoll_planted_test.go",
        f"""{{package}}

import (
\t"strings"
\t"testing"
)

func TestPlanted(t *testing.T) {{{{
\tt.Fatal(strings.Join([]string{{{{{WORDS}}}}}, "-"))
}}}}
""",
    ),
    Tests(
        re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$"),
        "test_plimsoll_planted.py",
        f'''"""Planted, to see whether it is run."""

import unittest


class TestPlanted(unittest.TestCase):
    """Planted."""

    def test_planted(self) -> None:
        """Fail."""
        raise AssertionError("-".join(({WORDS})))
''',
    ),
    Tests(
        re.compile(r"\.(test|spec)\.([cm]?[jt]sx?)$"),
        "plimsoll-planted.{kind}",
        f"""throw new Error([{WORDS}].join("-"));{{module}}
""",
    ),
    Tests(
        re.compile(r"(^|/)tests/[^/]+\.rs$"),
        "plimsoll_planted.rs",
        f"""//! Planted, to see whether it is run.

#[test]
fn planted() {{{{
    panic!("{{{{}}}}", [{WORDS}].join("-"));
}}}}
""",
    ),
)


@functools.cache
def _paths(folder: Path) -> tuple[str, ...]:
    """The paths of a folder's files, those nearest to its top first."""
    found = (path.relative_to(folder).as_posix() for path in folders.files(folder))
    return tuple(sorted(found, key=lambda path: (path.count("/"), path)))


def candidates(folder: Path) -> list[str]:
    """The source files of a folder, those first that are most likely to be built."""
    sources = (path for path in _paths(folder) if path[path.rfind(".") :] in COMMENTS)
    return [path for path in sources if not SETTINGS.search(path) and _tests(path) is None]


def _tests(path: str) -> Tests | None:
    return next((tests for tests in TESTS if tests.pattern.search(path)), None)


def test(folder: Path) -> str:
    """A file of unit tests in a folder, empty where it has none in a language that is known here."""
    return next((path for path in _paths(folder) if _tests(path)), "")


def edit(file: Path, word: str) -> None:
    """Add a comment to a source."""
    with file.open("a") as source:
        source.write(f"\n{COMMENTS[file.suffix].format(word)}\n")


def plant(folder: Path, beside: str) -> str:
    """Add a test that fails beside a file of tests; its path."""
    tests = _tests(beside)
    if tests is None:
        raise ValueError(f"{beside} holds no tests")
    model = (folder / beside).read_text(errors="replace")
    package = next((line for line in model.splitlines() if line.startswith("package ")), "package main")
    kind = ".".join(beside.split(".")[-2:])
    module = "\nexport {};" if re.search(r"^(import|export) ", model, re.MULTILINE) else ""
    planted = (folder / beside).with_name(tests.name.format(kind=kind))
    planted.write_text(tests.text.format(package=package, module=module))
    return planted.relative_to(folder).as_posix()
