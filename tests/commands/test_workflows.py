"""What the workflows' steps say in shell runs here as it stands, but for those that are listed with why not."""

import hashlib
import os
import re
import subprocess

import pytest
import yaml

from plimsoll import __version__
from workshop import growth, listed
from workshop.root import ROOT
from workshop.sizes import Row
from workshop.suite import made

WORKFLOWS = {file.name: yaml.safe_load(file.read_text()) for file in (ROOT / ".github/workflows").glob("*.yaml")}
STEPS = {
    (file, job, step.get("name", step["run"].splitlines()[0])): step
    for file, workflow in WORKFLOWS.items()
    for job, body in workflow["jobs"].items()
    for step in body["steps"]
    if "run" in step
}

CI = ("ci.yaml", "suite", ".ci/run")
PRINT = ("ci.yaml", "suite", "Print the sizes")
GET = ("ci.yaml", "suite", "Get the sizes of the base branch")
COMPARE = ("ci.yaml", "suite", "Compare the sizes with the base branch's")

TAGGED = ("release.yaml", "wheel", "Hold the tag against the version")
WHEEL = ("release.yaml", "wheel", "Build the wheel")
JUDGE = ("release.yaml", "wheel", "Judge a folder with it in an empty environment")
FETCH = ("release.yaml", "pypi", "Get the wheel, and see that it is the one that was judged")

RUN = {CI, PRINT, GET, COMPARE, TAGGED, WHEEL, JUDGE, FETCH}
ELSEWHERE: dict[tuple[str, str, str], str] = {}
"""Those that are not run here, each with the reason."""


class Job:
    """What of a runner a step's shell lines meet: a checkout, the environment, files for what they say."""

    def __init__(self, folder, temporary):
        self.folder, self.temporary = folder, temporary
        self.programs = temporary / "bin"
        self.programs.mkdir()
        self.files = {name: temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in self.files.values():
            file.write_text("")

    @property
    def outputs(self):
        return dict(line.split("=", 1) for line in self.files["GITHUB_OUTPUT"].read_text().splitlines())

    @property
    def summary(self):
        return self.files["GITHUB_STEP_SUMMARY"].read_text()

    def has(self, program, script):
        """Put a script in a program's place, such as that which would ask GitHub."""
        file = self.programs / program
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def run(self, name, expressions=(), **variables):
        """Run one step as the runner would.

        Args:
            name: the file, the job and the step.
            expressions: the values of what stands in `${{ }}` in the environment.
            variables: what the runner's environment holds beside that.

        """
        file, job, _ = name
        step, workflow = STEPS[name], WORKFLOWS[file]
        given = [workflow.get("env", {}), workflow["jobs"][job].get("env", {}), step.get("env", {})]
        values = {key: self._value(str(text), dict(expressions)) for each in given for key, text in each.items()}
        script = self.temporary / "script.sh"
        script.write_text(step["run"])
        environment = made.environment(self.folder) | values | {key: str(path) for key, path in self.files.items()}
        environment |= {"PATH": f"{self.programs}:{os.environ['PATH']}", "RUNNER_TEMP": str(self.temporary)} | variables
        # A runner's Python finds nothing of the checkout by itself.
        del environment["PYTHONPATH"]
        words = [str(script) if word == "{0}" else word for word in workflow["defaults"]["run"]["shell"].split()]
        return subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    @staticmethod
    def _value(text, known):
        return re.sub(r"\$\{\{ *(.+?) *\}\}", lambda found: known[found[1]], text)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """The clone as a runner has it, with the Python environment of this one."""
    folder = tmp_path_factory.mktemp("checkout") / "plimsoll"
    listed.copy(folder)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    # Else make would find the environment too old, and install this copy into it.
    for name in ("requirements.lock", "pyproject.toml"):
        os.utime(folder / name, (0, 0))
    return folder


@pytest.fixture
def job(checkout, tmp_path):
    return Job(checkout, tmp_path)


def test_every_step_is_run_here_or_listed_with_the_reason():
    assert RUN | ELSEWHERE.keys() == STEPS.keys()
    assert not RUN & ELSEWHERE.keys()
    assert all(ELSEWHERE.values())


@pytest.mark.parametrize("file", WORKFLOWS)
def test_a_step_ends_with_its_first_command_that_fails(file):
    assert WORKFLOWS[file]["defaults"]["run"]["shell"].split() == ["bash", "-euo", "pipefail", "{0}"]
    own = [step for body in WORKFLOWS[file]["jobs"].values() for step in body["steps"] if "shell" in step]
    assert own == []


@pytest.mark.parametrize("name", STEPS, ids="/".join)
def test_what_others_say_is_never_code(name):
    """An expression in a script is text that the shell reads as code; in the environment it is a word."""
    assert "${{" not in STEPS[name]["run"]


def test_ci_calls_targets_that_there_are():
    """It is the suite itself: only what it would call is looked at."""
    script = (ROOT / STEPS[CI]["run"]).read_text()
    targets = re.search(r"for part in (.+);", script)[1].split()
    assert targets == ["engine", "lint", "test"]
    done = subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_sizes_are_printed_and_kept(job, checkout):
    done = job.run(PRINT, {"matrix.runner": "ubuntu-24.04"})
    assert done.returncode == 0, done.stderr
    assert job.summary.startswith("| image | uncompressed | compressed |")
    kept = growth.read(checkout / "build/sizes/now.json")
    assert len(kept) == len(job.summary.splitlines()) - 2 > 40


GH = """\
case "$*" in
  "run list --workflow=ci.yaml --event=push --branch=main "*) echo 4711 ;;
  "run download 4711 --name=sizes-ubuntu-24.04 --dir=build/sizes/base") mkdir -p build/sizes/base; cp "$KEPT" "$5" ;;
  *) exit 9 ;;
esac"""
IN_A_PULL_REQUEST = {"github.token": "t", "github.repository": "o/r", "matrix.runner": "ubuntu-24.04"}


def test_the_sizes_of_the_base_branch_are_those_that_are_compared(job, checkout, tmp_path):
    kept = tmp_path / "now.json"
    kept.write_text(growth.document([Row("gone", "prod", 5_000_000)]))
    job.has("gh", GH.replace('"$5"', "build/sizes/base/now.json"))
    done = job.run(GET, IN_A_PULL_REQUEST, GITHUB_BASE_REF="main", KEPT=str(kept))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    done = job.run(COMPARE, IN_A_PULL_REQUEST)
    assert done.returncode == 0, done.stderr
    assert "| `gone:prod` | 5.00 MB | - | gone |" in job.summary
    (checkout / "build/sizes/base/now.json").unlink()


@pytest.mark.parametrize("gh", ["exit 1", 'case "$*" in "run list"*) ;; *) exit 1 ;; esac'])
def test_where_the_base_branch_has_kept_none_that_is_told_and_nothing_fails(job, gh):
    job.has("gh", gh)
    done = job.run(GET, IN_A_PULL_REQUEST, GITHUB_BASE_REF="main")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "::notice::there are no sizes of main to compare with\n"
    done = job.run(COMPARE, IN_A_PULL_REQUEST)
    assert (done.returncode, job.summary) == (0, "")


def test_a_tag_that_is_not_the_version_is_refused_where_the_version_stands(job):
    assert job.run(TAGGED, GITHUB_REF_NAME=f"v{__version__}").returncode == 0
    done = job.run(TAGGED, GITHUB_REF_NAME="v99.0.0")
    assert done.returncode == 1
    said = f"the tag is v99.0.0 and the version {__version__}: tag v{__version__}"
    assert done.stdout == f"::error file=plimsoll/__init__.py::{said}\n"


def test_the_wheel_is_built_judges_and_is_published_as_it_is(job, checkout, tmp_path):
    done = job.run(WHEEL)
    assert done.returncode == 0, done.stderr
    (wheel,) = (checkout / "dist").iterdir()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert job.outputs == {"digest": digest}
    assert done.stdout == f"{digest}  {wheel.name}\n"

    done = job.run(JUDGE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rules judged" in done.stdout
    job.folder = tmp_path / "next"
    job.folder.mkdir()
    job.has("gh", f"""[ "$*" = "run download 4711 --name=wheel --dir=dist" ] && mkdir dist && cp "{wheel}" dist""")
    given = {"github.token": "t", "github.repository": "o/r", "needs.wheel.outputs.digest": digest}
    done = job.run(FETCH, given, GITHUB_RUN_ID="4711")
    assert (done.returncode, done.stdout) == (0, f"dist/{wheel.name}: OK\n"), done.stderr
    (job.folder / "dist" / wheel.name).unlink()
    (job.folder / "dist").rmdir()
    done = job.run(FETCH, given | {"needs.wheel.outputs.digest": "0" * 64}, GITHUB_RUN_ID="4711")
    assert done.returncode == 1
    assert done.stdout == f"dist/{wheel.name}: FAILED\n"
