"""What other people's repositories call stands where they look for it, and calls only what was pinned."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml

from plimsoll import DISTRIBUTION, HOME, __version__
from workshop.root import ROOT

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
PINNED = tomllib.loads((ROOT / ".github/actions.toml").read_text())
TEMPLATE = (ROOT / "templates/plimsoll.gitlab-ci.yml").read_text()
PRE_COMMIT = [sys.executable, "-m", "pre_commit"]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
CALLERS = [ROOT / "action.yml", *(ROOT / ".github/workflows").glob("*.y*ml")]

JUDGED = [
    *("Dockerfile", "app/Dockerfile", "Dockerfile.dev", "app/dev.Dockerfile", "dockerfile", "Containerfile.test"),
    *("compose.yaml", "compose.yml", "docker-compose.yml", "app/docker-compose.prod.yaml", "compose.override.yaml"),
]
OTHERS = [
    *("Dockerfile.dockerignore", ".dockerignore", "dev.Dockerfile.dockerignore", "docs/Dockerfile.md", "MyDockerfile"),
    *("compose.json", "app/composer.yaml", "my-compose.yaml", "compose.yaml.bak", "Dockerfiles/readme.txt"),
]


@pytest.mark.parametrize("file", CALLERS, ids=lambda file: file.name)
def test_others_actions_are_called_by_a_commit_that_two_sources_tell(file):
    for name, commit, version in re.findall(r"uses: ([^\s@]+)@(\S+)(?: # (\S+))?", file.read_text()):
        assert name in PINNED, f"{name} is not in .github/actions.toml"
        assert (commit, version) == (PINNED[name]["commit"], PINNED[name]["version"])


def test_no_action_is_pinned_that_nobody_calls():
    called = {name for file in CALLERS for name in re.findall(r"uses: ([^\s@]+)@", file.read_text())}
    assert called == PINNED.keys()


@pytest.mark.parametrize("name", PINNED)
def test_what_is_pinned_is_a_commit_with_its_sources(name):
    assert re.fullmatch(r"[0-9a-f]{40}", PINNED[name]["commit"])
    repositories = {source.partition(",")[0] for source in PINNED[name]["sources"]}
    assert len(repositories) > 1
    assert all(re.search(r" at [0-9a-f]{40}$", source) for source in PINNED[name]["sources"])


def test_no_input_is_written_into_a_script():
    steps = ACTION["runs"]["steps"]
    assert [step["name"] for step in steps if "${{" in step.get("run", "")] == []
    used = {name for step in steps for name in re.findall(r"inputs\.([\w-]+)", str(step))}
    assert used == set(ACTION["inputs"]), "each input is used, and each that is used is one"
    script = TEMPLATE.partition("  script:")[2]
    assert "$[[" not in script
    inputs = next(yaml.safe_load_all(TEMPLATE))["spec"]["inputs"]
    assert set(re.findall(r"inputs\.([\w-]+)", TEMPLATE)) == set(inputs)


def test_the_hook_takes_what_is_judged_and_nothing_else():
    (hook,) = yaml.safe_load(HOOKS.read_text())
    taken = re.compile(hook["files"])
    assert [name for name in JUDGED if not taken.search(name)] == []
    assert [name for name in OTHERS if taken.search(name)] == []


def test_the_hooks_are_as_pre_commit_wants_them():
    done = subprocess.run([*PRE_COMMIT, "validate-manifest", HOOKS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_that_is_told_of_a_release_is_of_this_one():
    readme = (ROOT / "README.md").read_text()
    told = [*re.findall(rf"{DISTRIBUTION}==([\d.]+)", readme + TEMPLATE), *re.findall(r"\bv(\d+\.\d+\.\d+)\b", readme)]
    assert len(told) >= 5
    assert set(told) == {__version__}
    assert f"repo: {HOME}\n" in readme
    assert f"remote: {HOME}/raw/" in readme
    assert f"uses: {HOME.removeprefix('https://github.com/')}@" in readme


def test_the_context_of_the_judges_image_is_named_and_there():
    """The ignore file begins with all, so that what is new beside it is kept out unless somebody names it."""
    first, *rest = (ROOT / ".dockerignore").read_text().splitlines()
    assert first == "*"
    assert [line for line in rest if line.startswith("!") and not [*ROOT.glob(line.strip("!/"))]] == []
