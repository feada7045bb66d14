"""The workflows take no more than they need: rights, time, secrets, and others' actions by commit alone."""

import re

import pytest
import yaml

from workshop import apps, lint
from workshop.root import ROOT

FILES = {file.name: file.read_text() for file in (ROOT / ".github/workflows").glob("*.y*ml")}
WORKFLOWS = {name: yaml.safe_load(text) for name, text in FILES.items()}
JOBS = [(name, job, body) for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()]
BY_STRANGERS = {"pull_request", "pull_request_target", "issue_comment", "issues", "workflow_run", "fork"}
"""The events that somebody can cause who may not write to the repository."""


def events(workflow):
    """What starts it: YAML takes the word `on` for true."""
    return set(workflow[True])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_no_right_that_a_job_does_not_name(name):
    assert WORKFLOWS[name]["permissions"] == {}
    assert WORKFLOWS[name]["concurrency"]["group"]


@pytest.mark.parametrize(("name", "job", "body"), JOBS, ids=lambda each: each if isinstance(each, str) else "")
def test_a_job_is_bound_and_keeps_no_credentials(name, job, body):  # noqa: ARG001 - the names are the test's
    assert body["permissions"]
    assert body["timeout-minutes"]
    checkouts = [step for step in body["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert [step for step in checkouts if step["with"]["persist-credentials"] is not False] == []


@pytest.mark.parametrize("name", FILES)
def test_every_right_says_what_it_is_for(name):
    lines = FILES[name].splitlines()
    rights = [at for at, line in enumerate(lines) if re.fullmatch(r" +[a-z-]+: (read|write)", line)]
    assert rights
    assert [lines[at] for at in rights if not lines[at - 1].lstrip().startswith("# ")] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_secret_reaches_what_a_stranger_starts(name):
    """A pull request from a fork runs with a token that reads, and only as `pull_request`: never as the base's own."""
    strangers = events(WORKFLOWS[name]) & BY_STRANGERS
    assert strangers <= {"pull_request"}
    if strangers:
        assert not re.search(r"\bsecrets(\.|:)", FILES[name])
        assert [job for job, body in WORKFLOWS[name]["jobs"].items() if "environment" in body] == []


def test_an_action_by_tag_is_told_with_its_file_and_line(tmp_path, capfd):
    text = FILES["ci.yaml"]
    file = tmp_path / ".github/workflows/ci.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert lint.audit([str(file)]), capfd.readouterr()
    file.write_text(re.sub(r"(actions/upload-artifact@)[0-9a-f]{40} # v7.0.1", r"\1v7.0.1", text))
    assert not lint.audit([str(file)])
    at = 1 + next(at for at, line in enumerate(text.splitlines()) if "actions/upload-artifact@" in line)
    assert re.search(rf"unpinned-uses.*\n.*ci\.yaml:{at}:", capfd.readouterr().out)


def test_what_ci_judges_by_text_is_every_app_and_the_system():
    (judged,) = (
        step["with"]["targets"]
        for step in WORKFLOWS["ci.yaml"]["jobs"]["text"]["steps"]
        if "targets" in step.get("with", {})
    )
    folders = {str(variant.folder.relative_to(ROOT)) for variant in apps.variants()}
    assert {*judged.split()} == folders | {file.name for file in ROOT.glob("compose*.yaml")}
