"""A stage that nobody needs is not built."""

from tests.lessons.conftest import steps


def test_a_stage_that_nobody_needs_never_runs(docker_build):
    record = docker_build("--no-cache", "--output=type=cacheonly", ".")
    assert record.code == 0, record.failure
    assert steps(record, "[build 2/2]")
    assert steps(record, "[test") == []


def test_the_same_stage_runs_once_it_is_asked_for(docker_build):
    record = docker_build("--no-cache", "--output=type=cacheonly", "--target=test", ".")
    assert record.code != 0
    assert "the test fails" in record.failure
