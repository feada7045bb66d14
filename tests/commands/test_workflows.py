"""What the workflows' steps say in shell runs here as it stands, but for those that are listed with why not."""

import hashlib
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from plimsoll import __version__
from plimsoll.facts.image.manifests import ABOUT
from workshop import apps, growth, listed
from workshop.root import ROOT
from workshop.served import INDEX, served
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

LOGINS = [(*job, "Log in to the registry") for job in (("release.yaml", "images"), ("rebuild.yaml", "bases"))]
LOGINS += [("rebuild.yaml", job, "Log in to the registry") for job in ("images", "scan")]
ENGINES = [(file, "images", "Have an engine that can publish") for file in ("release.yaml", "rebuild.yaml")]
ASK = ("rebuild.yaml", "bases", "Ask whether bases have changed")
ANEW = ("rebuild.yaml", "images", "Build on the newest bases, with nothing from a cache")
PUBLISH = [(file, "images", "Judge, push, sign and name the images") for file in ("release.yaml", "rebuild.yaml")]

SBOMS = ("rebuild.yaml", "scan", "Get the SBOMs of what is published")
SCAN = ("rebuild.yaml", "scan", "Hold what is known of its packages against what each app lets be")

RUN = {SBOMS, SCAN, CI, PRINT, GET, COMPARE, TAGGED, WHEEL, JUDGE, FETCH, ASK, *LOGINS, *ENGINES, *PUBLISH}
ELSEWHERE = {ANEW: "it empties the builder's cache, which here is everybody's"}
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


GIVEN = {"vars.REGISTRY": "registry.test/somebody"}
TO_GITHUB = GIVEN | {
    "secrets.DOCKERHUB_USERNAME || github.actor": "somebody",
    "secrets.DOCKERHUB_TOKEN || github.token": "a token",
}


@pytest.mark.parametrize("name", LOGINS, ids="/".join)
def test_the_registry_is_told_the_password_by_standard_input(job, name, tmp_path):
    job.has("docker", f'echo "$*" >{tmp_path}/said; cat >>{tmp_path}/said')
    assert job.run(name, TO_GITHUB).returncode == 0
    said = (tmp_path / "said").read_text().splitlines()
    assert said == ["login --username=somebody --password-stdin registry.test", "a token"]


@pytest.mark.parametrize("name", LOGINS, ids="/".join)
def test_without_a_registry_nothing_is_published_and_the_setting_is_named(job, name, tmp_path):
    job.has("docker", f"touch {tmp_path}/asked")
    done = job.run(name, TO_GITHUB | {"vars.REGISTRY": ""})
    assert done.returncode == 2
    assert "::error::no registry is named: set the repository's variable REGISTRY" in done.stdout
    assert not (tmp_path / "asked").exists()


SUDO = """\
case "$*" in
  "cat /etc/docker/daemon.json") cat "$SETTINGS" ;;
  "tee /etc/docker/daemon.json") cat >"$SETTINGS.written"; cp "$SETTINGS.written" "$SETTINGS" ;;
  *) echo "$*" >>"$SETTINGS.said" ;;
esac"""


@pytest.mark.parametrize("name", ENGINES, ids="/".join)
@pytest.mark.parametrize("before", ["", '{"cgroup-parent": "/actions_job", "features": {"buildkit": true}}'])
def test_the_runners_engine_keeps_its_settings_and_images_as_registries_do(job, name, before, tmp_path):
    settings = tmp_path / "daemon.json"
    if before:
        settings.write_text(before)
    job.has("sudo", SUDO)
    done = job.run(name, GIVEN, SETTINGS=str(settings))
    assert done.returncode == 0, done.stderr
    given = json.loads(before or "{}")
    features = given.get("features", {}) | {"containerd-snapshotter": True}
    assert json.loads(settings.read_text()) == given | {"features": features}
    said = (tmp_path / "daemon.json.said").read_text().splitlines()
    assert said[-1] == "systemctl restart docker"
    assert "qemu-user-static" in said[1]


@pytest.mark.parametrize("there", [False, True])
def test_where_a_base_is_another_that_is_told_with_the_reason(job, there):
    """What was published here names one base, which is what it was; else nothing was published."""
    with served() as registry:
        if there:
            base = registry.manifest({"layers": []}, "13")
            uri = f"pkg:docker/{registry.host}/debian@13"
            named = {"uri": uri, "digest": {"sha256": base["digest"].partition(":")[2]}}
            told = registry.blob(json.dumps({"predicate": {"materials": [named]}}).encode())
            told |= {"annotations": {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"}}
            about = registry.manifest({"layers": [told]}) | {"annotations": {ABOUT: "attestation-manifest"}}
            registry.manifest({"manifests": [about]}, "edge", media_type=INDEX)
        done = job.run(ASK, {"vars.REGISTRY": f"{registry.host}/somebody"})
    assert done.returncode == 0, done.stderr
    assert job.outputs == {"changed": str(not there).lower()}
    reason = f"- {registry.host}/somebody/go-gin:edge is not there, or tells no bases\n"
    assert (reason in job.summary) is not there


MAKE = """[ "$*" = "$WANTED" ] && echo registry.test/somebody/go-gin@sha256:1"""


@pytest.mark.parametrize(("name", "wanted"), zip(PUBLISH, [" TAG=v1.4.2", ""], strict=True))
def test_what_is_published_is_told(job, name, wanted):
    """What `make publish` does is proved in tests/publishing; here, that it is called as it wants to be."""
    command = f"publish REGISTRY=registry.test/somebody{wanted}"
    job.has("make", MAKE)
    done = job.run(name, GIVEN, GITHUB_REF_NAME="v1.4.2", WANTED=command)
    assert done.returncode == 0, done.stderr
    assert job.summary == done.stdout == "```\nregistry.test/somebody/go-gin@sha256:1\n```\n"
    assert job.run(name, GIVEN, GITHUB_REF_NAME="v1.4.2", WANTED="another").returncode == 1
    real = subprocess.run(["make", "--dry-run", *command.split()], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "registry.test/somebody" in real.stdout


def test_what_is_built_anew_is_what_make_can():
    (command,) = [line.split() for line in STEPS[ANEW]["run"].splitlines() if line.startswith("make ")]
    real = subprocess.run(["make", "--dry-run", *command[1:]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "bases --renew" in real.stdout


INSPECT = """\
case "$*" in
  "buildx imagetools inspect registry.test/somebody/"*":edge --format {{json (index .SBOM "*)
    echo "{\\"of\\": \\"$4\\"}" ;;
  *) exec "$DOCKER" "$@" ;;
esac"""


def test_what_is_known_of_every_published_image_is_held_against_its_apps_exceptions(job, tmp_path):
    job.has("docker", INSPECT)
    done = job.run(SBOMS, GIVEN, DOCKER=shutil.which("docker"))
    assert done.returncode == 0, done.stderr
    names = sorted({variant.app for variant in apps.variants()})
    held = {file.stem: json.loads(file.read_text())["of"] for file in (tmp_path / "sboms").iterdir()}
    assert held == {name: f"registry.test/somebody/{name}:edge" for name in names}

    match = {
        "vulnerability": {"id": "CVE-2026-1", "severity": "High", "fix": {"versions": ["1.2"]}},
        "artifact": {"name": "shop", "version": "1.1"},
    }
    for name in names:
        (tmp_path / f"{name}.found").write_text(json.dumps({"matches": [match] if name == "go-gin" else []}))
    job.has("grype", f"""name=$(basename "${{1#sbom:}}" .json) && cat "{tmp_path}/$name.found\"""")
    given = GIVEN | {"steps.grype.outputs.cmd": str(tmp_path / "bin/grype")}
    done = job.run(SCAN, given)
    assert done.returncode == 1, done.stderr
    told = dict.fromkeys(names, "0 known vulnerabilities, none count")
    told["go-gin"] = "CVE-2026-1, high, in shop 1.1: fixed in 1.2\n1 known vulnerabilities, some count"
    assert done.stdout == "".join(f"### {name}\n```\n{text}\n```\n" for name, text in told.items())
    assert job.summary == done.stdout

    (tmp_path / "go-gin.found").write_text('{"matches": []}')
    done = job.run(SCAN, given)
    assert done.returncode == 0, done.stderr
    job.has("grype", "echo no database >&2; exit 1")
    done = job.run(SCAN, given)
    assert done.returncode == 1
    assert "grype did not run: no database" in done.stderr
