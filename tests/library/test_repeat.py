"""Two builds that are compared are made in two seconds: a time that is built in would look the same in both."""

from pathlib import Path

import pytest

from plimsoll.facts.build import rebuild, repeat
from plimsoll.facts.build.record import Record
from workshop import selection


@pytest.fixture
def clock(monkeypatch):
    """Builds that take no time and have the second in which they were made, by a clock that moves in sleep only."""
    now = [1000.0]

    def run(_variant, _folder, output, *_arguments, **_settings):
        made = dict(part.partition("=")[::2] for part in output.split(","))["dest"]
        Path(made).write_text(str(int(now[0])))
        return Record(0)

    def compared(first, second):
        same = first.read_text() == second.read_text()
        return {"place": "" if same else "layer", "found": ""}

    def sleep(seconds):
        now[0] += seconds

    monkeypatch.setattr(rebuild, "run", run)
    monkeypatch.setattr(repeat, "_compared", compared)
    monkeypatch.setattr(repeat.time, "sleep", sleep)


@pytest.mark.usefixtures("clock")
def test_a_time_in_seconds_never_looks_the_same():
    """The third build once came right after the second, and what had been built from the cache hid it."""
    variant = selection.of_lessons(["lesson-same_input_gives_the_same_bytes"])[0]
    assert repeat._reproducible_build(variant)["place"]
