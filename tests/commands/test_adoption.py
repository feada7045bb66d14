"""What the README offers to others' repositories works there as it stands, but for where the package comes from."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from plimsoll import HOME, __version__, caches
from plimsoll.facts.run import ownership
from workshop import listed
from workshop.root import ROOT

pytestmark = pytest.mark.xdist_group("installing")

GOOD = """\
FROM python:3.13-slim-trixie
WORKDIR /app
COPY app.py .
USER 65532:65532
CMD ["python", "app.py"]
"""
BAD = GOOD.replace("COPY", "ADD")
RULE = "dockerfile.files_are_copied_not_added"
MOST_PACKAGES = 15
VENV = "/tmp/plimsoll"  # noqa: S108 - in the job's container
OWN = ("GIT_", "PIP_REQUIRE", "PLIMSOLL", "PRE_COMMIT", "PYTEST", "PYTHON", ownership.ENVIRONMENT, caches.ENVIRONMENT)
SECTION = (ROOT / "README.md").read_text().partition("\n## In your own repository\n")[2].partition("\n## ")[0]
SNIPPETS = re.findall(r"```(\w+)\n(.*?)```", SECTION, re.DOTALL)
(_, HOOK), (_, STEP), (_, INCLUDE), (_, RECIPE) = SNIPPETS


def run(words, folder, **more):
    """A command in somebody's folder, where no engine answers and nothing is known of this suite."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    nowhere = {"DOCKER_HOST": f"unix://{folder}/no-engine.sock", "GIT_CONFIG_GLOBAL": os.devnull, **more}
    words = [str(word) for word in words]
    return subprocess.run(words, cwd=folder, env={**kept, **nowhere}, capture_output=True, text=True, check=False)


def git(folder, *words):
    if not shutil.which("git"):
        pytest.skip("there is no `git` command")
    who = ("-c", "user.name=x", "-c", "user.email=x@example.test", "-c", "init.defaultBranch=main")
    done = run(["git", *who, *words], folder)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """The clone as it is published: with a tag of its version."""
    folder = tmp_path_factory.mktemp("release") / "plimsoll"
    listed.copy(folder)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m=x"], ["tag", f"v{__version__}"]):
        git(folder, *words)
    return folder


@pytest.fixture
def theirs(tmp_path):
    """Somebody's repository, with a Dockerfile that breaks a rule."""
    folder = tmp_path / "their app"
    folder.mkdir()
    (folder / "Dockerfile").write_text(BAD)
    (folder / "app.py").write_text("print('hello')\n")
    (folder / ".dockerignore").write_text("*\n!app.py\n")
    git(folder, "init", "--quiet")
    return folder


def mend(theirs):
    (theirs / "Dockerfile").write_text(GOOD)
    return theirs


def test_a_snippet_is_three_lines():
    assert [language for language, _ in SNIPPETS] == ["yaml", "yaml", "yaml", "make"]
    assert [len(text.splitlines()) for _, text in SNIPPETS] == [3, 3, 3, 3]


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    """Where pre-commit keeps what it has installed."""
    return {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}


def test_the_hook_judges_what_is_committed(release, theirs, environments):
    config = HOOK.replace(HOME, str(release))
    assert config != HOOK
    (theirs / "app").mkdir()
    (theirs / "app/dev.Dockerfile").write_text(BAD)
    (theirs / ".pre-commit-config.yaml").write_text("repos:\n" + "".join(f"  {line}\n" for line in config.splitlines()))
    git(theirs, "add", "--all")
    hooks = [sys.executable, "-m", "pre_commit", "run"]
    done = run(hooks, theirs, **environments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "plimsoll check" in done.stdout
    assert f"Dockerfile:3: warning: {RULE}: " in done.stdout
    assert "app/dev.Dockerfile:3" in done.stdout
    (theirs / "app/dev.Dockerfile").write_text(GOOD)
    git(mend(theirs), "add", "--all")
    done = run(hooks, theirs, **environments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"plimsoll check\.+Passed", done.stdout)


def test_the_hook_can_be_tried(release, theirs, environments):
    git(theirs, "add", "--all")
    tried = [sys.executable, "-m", "pre_commit", "try-repo", release, "plimsoll-check", "--all-files"]
    done = run(tried, theirs, **environments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert RULE in done.stdout


class Runner:
    """What of a workflow's runner a composite action's own steps meet: expressions, files for what they say, bash."""

    def __init__(self, action, temporary):
        self.document = yaml.safe_load((action / "action.yml").read_text())
        self.known = {"github.action_path": str(action), "runner.temp": str(temporary)}
        self.output, self.summary = temporary / "output", temporary / "summary"

    def run(self, name, folder, **given):
        """Run one of the steps, with inputs of the action."""
        (step,) = [step for step in self.document["runs"]["steps"] if step["name"] == name]
        assert step["shell"] == "bash"
        defaults = {key: spec.get("default", "") for key, spec in self.document["inputs"].items()}
        assert given.keys() <= defaults.keys()
        known = self.known | {f"inputs.{key}": value for key, value in {**defaults, **given}.items()}
        known |= {f"steps.check.outputs.{key}": value for key, value in self.outputs.items()}

        def value(text):
            return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: known.get(found[1], ""), text)

        script = self.output.with_name("script.sh")
        script.write_text(step["run"])
        files = {"GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary)}
        environment = {key: value(text) for key, text in step["env"].items()}
        return run(["bash", "--noprofile", "--norc", "-eo", "pipefail", script], folder, **environment, **files)

    @property
    def outputs(self):
        lines = self.output.read_text().splitlines() if self.output.exists() else []
        return dict(line.split("=", 1) for line in lines)

    def begin(self):
        for file in (self.output, self.summary):
            file.write_text("")


@pytest.fixture(scope="module")
def installed_runner(release, tmp_path_factory):
    runner = Runner(release, tmp_path_factory.mktemp("runner"))
    done = runner.run("Install plimsoll", release)
    assert done.returncode == 0, done.stdout + done.stderr
    return runner


@pytest.fixture
def runner(installed_runner):
    installed_runner.begin()
    return installed_runner


def test_the_action_annotates_sums_up_and_fails_at_its_end(runner, theirs):
    (step,) = yaml.safe_load(STEP)
    assert step["uses"] == f"{HOME.removeprefix('https://github.com/')}@v{__version__}"
    done = runner.run("Check", theirs, **step["with"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"^::warning file=Dockerfile,line=3,title={RULE}::", done.stdout, re.MULTILINE)
    assert f"Dockerfile:3: warning: {RULE}: " in done.stdout
    assert runner.outputs["exit-code"] == "1"
    sarif = json.loads(Path(runner.outputs["sarif-file"]).read_text())
    assert RULE in {each["ruleId"] for each in sarif["runs"][0]["results"]}
    assert int(runner.outputs["findings"]) >= 1
    assert RULE in runner.summary.read_text()
    assert runner.run("Tell the verdict", theirs).returncode == 1


def test_the_action_passes_what_is_well(runner, theirs):
    done = runner.run("Check", mend(theirs), summary="false")
    assert runner.outputs["exit-code"] == "0", done.stdout + done.stderr
    assert runner.summary.read_text() == ""
    assert runner.run("Tell the verdict", theirs).returncode == 0


def test_the_actions_targets_are_words_and_never_code(runner, theirs):
    odd = theirs / "$(touch one) `touch two`; touch three"
    odd.mkdir()
    shutil.copy2(theirs / "Dockerfile", odd)
    done = runner.run("Check", theirs, targets=f".\n\n{odd.name}\n", category="$(touch one)")
    assert runner.outputs["exit-code"] == "1", done.stdout + done.stderr
    assert runner.outputs["findings"] == "2"
    assert done.stdout.count(f"/Dockerfile,line=3,title={RULE}::") == 1
    assert done.stdout.count(f"=Dockerfile,line=3,title={RULE}::") == 1
    assert not any((folder / name).exists() for folder in (theirs, odd) for name in ("one", "two", "three"))


def test_what_can_not_be_judged_is_uploaded_nowhere(runner, theirs):
    done = runner.run("Check", theirs, depth="deep")
    assert runner.outputs == {"exit-code": "2"}, done.stdout + done.stderr
    assert "invalid choice: 'deep'" in done.stderr
    assert runner.run("Tell the verdict", theirs).returncode == 2


def pipeline(include, wheel):
    """The script of the template's job, and its variables, as GitLab makes them of an include with its inputs."""
    (given,) = yaml.safe_load(include)["include"]
    prefix, name = given["remote"].split(f"/v{__version__}/")
    assert prefix == f"{HOME}/raw"
    head, body = (ROOT / name).read_text().split("\n---\n")
    declared = yaml.safe_load(head)["spec"]["inputs"]
    assert given["inputs"].keys() <= declared.keys()
    values = {key: spec["default"] for key, spec in declared.items()} | given["inputs"] | {"package": str(wheel)}
    (job,) = yaml.safe_load(re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: values[found[1]], body)).values()
    return job


def test_the_pipeline_reports_to_the_merge_request(wheel, theirs, tmp_path):
    job = pipeline(INCLUDE, wheel)
    script = "\n".join(job["script"]).replace(VENV, str(tmp_path / "venv"))
    done = run(["bash", "-e", "-c", script], theirs, **job["variables"])
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"Dockerfile:3: warning: {RULE}: " in done.stdout
    reports = job["artifacts"]["reports"]
    quality = json.loads((theirs / reports["codequality"]).read_text())
    assert (RULE, "Dockerfile") in {(each["check_name"], each["location"]["path"]) for each in quality}
    assert RULE in (theirs / reports["junit"]).read_text()


def test_make_judges_and_installs_once_and_little(wheel, theirs):
    makefile = RECIPE.replace(f"plimsoll-check=={__version__}", str(wheel))
    assert makefile != RECIPE
    (theirs / "Makefile").write_text(makefile)
    done = run(["make", "check"], theirs)
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"Dockerfile:3: warning: {RULE}: " in done.stdout
    begun = (theirs / ".plimsoll").stat().st_mtime_ns
    done = run(["make", "check"], mend(theirs))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (theirs / ".plimsoll").stat().st_mtime_ns == begun
    listed = run([".plimsoll/bin/pip", "list", "--format=json"], theirs).stdout
    brought = {each["name"] for each in json.loads(listed)} - {"pip", "setuptools", "wheel"}
    assert "plimsoll-check" in brought
    assert len(brought) <= MOST_PACKAGES, brought
