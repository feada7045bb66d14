"""Stages that do not need each other are built at the same time."""

import pytest

from tests.lessons.conftest import steps


def intervals(record):
    """From when to when each of the two sleeping steps ran."""
    ran = steps(record, "sleep 2")
    assert len(ran) == 2
    assert not any(step.cached for step in ran)
    return sorted((step.started, step.started + step.seconds) for step in ran)


@pytest.mark.parametrize(("file", "together"), [("Dockerfile", True), ("one-stage.Dockerfile", False)])
def test_independent_stages_run_side_by_side_and_steps_of_one_stage_do_not(docker_build, file, together):
    record = docker_build("--no-cache", "--output=type=cacheonly", f"--file={file}", ".")
    assert record.code == 0, record.failure
    (_, first_ended), (second_started, _) = intervals(record)
    assert (second_started < first_ended) == together
