"""docs/practices.md names only what there is, leaves out nothing, and is what the command makes."""

import pytest

from plimsoll.errors import PlimsollError
from workshop import practices


def test_it_is_current():
    assert practices.FILE.read_text() == practices.markdown(), "docs/practices.md is old: run `make readme`"


def test_every_practice_is_there():
    assert [practice.id for practice in practices.read()] == [f"P{number}" for number in range(1, 32)]


def test_every_lesson_that_belongs_to_no_rule_is_named():
    named = {name for practice in practices.read() for name in practice.lessons}
    assert set(practices.features()) == named


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ('rules = ["keeps_everything"]', "names the rule keeps_everything, which there is not"),
        ('lessons = ["keeps_everything"]', "names the lesson keeps_everything, which there is not"),
        ('rules = ["builds"]\nshown = ["go-gin/Nofile"]', "names the file go-gin/Nofile, which there is not"),
        ('rules = ["builds"]\nshown = ["go-gin/Dockerfile:gone"]', "names the stage go-gin/Dockerfile:gone, which"),
        ('shown = ["README.md"]', "has no rule and no lesson"),
        ('rule = ["builds"]', "can't be read"),
    ],
)
def test_what_there_is_not_is_refused(tmp_path, line, cause):
    file = tmp_path / "practices.toml"
    file.write_text(f'[[practice]]\nid = "P1"\nname = "Something"\n{line}\n')
    with pytest.raises(PlimsollError, match=cause):
        practices.read(file)
