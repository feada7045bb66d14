"""Which files are sources and which are tests, and the tests that are planted among them."""

import subprocess
import sys

import pytest

from plimsoll.facts.build import rebuild
from plimsoll.facts.build.record import Step
from plimsoll.facts.text import sources, steps
from plimsoll.parsing.dockerfile import Dockerfile


def folder_of(folder, *paths, text=""):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_sources_are_those_nearest_to_the_top_without_tests_and_settings(tmp_path):
    paths = ["a/deep/b.go", "main.go", "main_test.go", "vite.config.ts", ".hidden/x.py", "setup.py", "notes.txt"]
    assert sources.candidates(folder_of(tmp_path, *paths)) == ["main.go", "a/deep/b.go"]


@pytest.mark.parametrize(
    ("beside", "planted"),
    [
        ("pkg/a_test.go", "pkg/plimsoll_planted_test.go"),
        ("tests/test_a.py", "tests/test_plimsoll_planted.py"),
        ("src/a.spec.tsx", "src/plimsoll-planted.spec.tsx"),
        ("test/a.test.mjs", "test/plimsoll-planted.test.mjs"),
        ("tests/a.rs", "tests/plimsoll_planted.rs"),
    ],
)
def test_a_test_is_planted_beside_the_others(tmp_path, beside, planted):
    folder = folder_of(tmp_path, beside)
    assert sources.test(folder) == beside
    assert sources.plant(folder, beside) == planted
    assert sources.PLANTED not in (folder / planted).read_text()


def test_a_planted_go_test_is_of_the_same_package(tmp_path):
    folder = folder_of(tmp_path, "a_test.go", text="// Of a package.\npackage widgets_test\n")
    sources.plant(folder, "a_test.go")
    assert (folder / "plimsoll_planted_test.go").read_text().startswith("package widgets_test\n")


def test_a_planted_python_test_fails_with_the_words_that_are_looked_for(tmp_path):
    folder = folder_of(tmp_path, "test_a.py")
    sources.plant(folder, "test_a.py")
    done = subprocess.run([sys.executable, "-m", "unittest"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert sources.PLANTED in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "apt-get update && apt-get install -y gcc",
        "apk add --no-cache git",
        "pip install --requirement=requirements.lock",
        "npm ci",
        "go mod download && chmod -R a+w /go/pkg",
        "cargo fetch --locked",
        "uv sync --frozen --no-install-project",
        "poetry install --no-root",
        "pipenv sync",
        "composer install --no-dev",
        "bun install --frozen-lockfile",
        "pnpm fetch",
        "mvn -B dependency:go-offline",
        "--mount=type=cache,target=/root/.npm npm ci",
        "<<EOF (npm ci...)",
        '["apk", "add", "git"]',
        "sh -c 'cd /app && yarn'",
        "python3.13 -m pip install flask",
    ],
)
def test_a_step_that_installs_is_known(command):
    assert rebuild.installs(Step(f"[build 2/5] RUN {command}"))


@pytest.mark.parametrize("tool", sorted(steps.INSTALLS))
def test_what_installs_in_a_dockerfile_installs_in_a_step(tool):
    for verb in steps.INSTALLS[tool]:
        (command,) = steps.commands(Dockerfile(f"FROM a\nRUN {tool} {verb} x\n").last.instructions[0])
        assert steps.installs(command)
        assert rebuild.installs(Step(f"[2/2] RUN {tool} {verb} x")) == f"{tool} {verb} x"


@pytest.mark.parametrize(
    "command",
    [
        "pip install --no-deps .",
        "pip install --no-deps dist/app.whl",
        "npm run build",
        "go build -o /app .",
        "cargo build --frozen",
        "echo npm",
        "echo npm ci",
    ],
)
def test_a_step_that_builds_is_not_taken_for_one(command):
    assert not rebuild.installs(Step(f"[build 2/5] RUN {command}"))


def test_a_step_that_copies_installs_nothing():
    assert not rebuild.installs(Step("[build 2/5] COPY npm ci /"))


@pytest.mark.parametrize("line", ["go: downloading a.b/c v1.2", "Collecting flask", "   Compiling serde v1.0.219"])
def test_what_tools_print_when_they_fetch_is_known(line):
    assert rebuild.FETCHED.search(f"before\n{line}\nafter")


def test_the_project_itself_is_not_fetched():
    assert not rebuild.FETCHED.search("   Compiling probe v0.1.0 (/src)")
