"""What a run leaves behind is removed, and nothing that is still in use."""

import pytest

from plimsoll.containers import container, leavings

pytest_plugins = ["pytester"]

IDLE = ["sleep", "60"]


@pytest.fixture
def idle():
    with container.started(container.HELPER, command=IDLE, network_mode="none") as running:
        yield running.container.name


@pytest.mark.parametrize("where", ["inprocess", "subprocess"])
def test_a_run_within_a_test_leaves_the_outer_ones_containers(pytester, idle, where):
    """Two runs shared a name once, and the inner one ended the containers of every rule that was being judged."""
    pytester.makepyfile("def test_passes(): pass")
    runpytest = {"inprocess": pytester.runpytest_inprocess, "subprocess": pytester.runpytest_subprocess}[where]
    runpytest("-pplimsoll.suite.plugin").assert_outcomes(passed=1)
    assert idle in leavings.of_run(container.RUN)


def test_what_a_run_left_is_removed_by_its_end(monkeypatch):
    monkeypatch.setattr(container, "RUN", "0")
    with container.started(container.HELPER, command=IDLE, network_mode="none") as left:
        assert left.container.name in leavings.sweep("0")
        assert leavings.of_run("0") == []
