"""The system of this clone is brought up, and no other clone's taken over."""

from types import SimpleNamespace

import pytest

from plimsoll import engine
from plimsoll.errors import PlimsollError
from workshop import system
from workshop.root import ROOT


@pytest.fixture
def running(monkeypatch):
    """Containers of the system that are up, by the folder from which they were started."""

    def up(*folders):
        containers = [SimpleNamespace(labels={f"{system.LABEL}.working_dir": str(folder)}) for folder in folders]
        listed = SimpleNamespace(list=lambda **_: containers)
        monkeypatch.setattr(engine, "client", lambda: SimpleNamespace(containers=listed))

    return up


def test_what_another_clone_has_up_is_told_and_left_alone(running, tmp_path):
    running(ROOT, tmp_path)
    with pytest.raises(PlimsollError, match=f"another clone is up .{tmp_path}.: stop it there, .* {tmp_path} down"):
        system.up()


def test_what_a_folder_that_is_gone_has_left_is_taken_over(running, tmp_path):
    running(ROOT, tmp_path / "gone")
    system._require_own()


def test_it_is_called_as_compose_calls_it():
    assert f"\nname: {system.NAME}\n" in (ROOT / "compose.yaml").read_text()
