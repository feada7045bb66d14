"""Every rule has its lesson, and every lesson is a rule's or has its test: nothing is only said."""

import pytest

from plimsoll import lessons, runner
from plimsoll.rule import every_rule
from workshop import measured, practices, selection
from workshop.root import ROOT

FOLDERS = sorted(folder.name for folder in lessons.FOLDER.glob("*/"))
FEATURES = practices.features()
TESTS = ROOT / "tests/lessons"


@pytest.mark.parametrize("name", sorted(every_rule()))
def test_every_rule_has_a_pair(name):
    lesson = lessons.Lesson(name, lessons.FOLDER / name)
    assert [which for which in lessons.PAIR if not lesson.file(which).is_file()] == []


@pytest.mark.parametrize("name", [lesson.rule for lesson in lessons.lessons()])
def test_every_pair_is_a_rules(name):
    assert name in every_rule(), f"lessons/{name} has a bad example, and there is no rule of that name"


@pytest.mark.parametrize("name", FOLDERS)
def test_its_readme_begins_with_its_name_and_says_why(name):
    title, _, rest = (lessons.FOLDER / name / "README.md").read_text().partition("\n")
    assert title == f"# {name}"
    assert len(rest.split()) > 20, f"lessons/{name}/README.md says too little"


@pytest.mark.parametrize("name", FEATURES)
def test_what_belongs_to_no_rule_has_a_dockerfile_and_a_test(name):
    assert list((lessons.FOLDER / name).glob("*Dockerfile")), f"lessons/{name} has no Dockerfile"
    assert (TESTS / f"test_{name}.py").is_file(), f"lessons/{name} has no rule, and no tests/lessons/test_{name}.py"


def test_every_test_of_a_lesson_has_its_lesson():
    # One file tests the pairs of all rules.
    assert {file.stem.removeprefix("test_") for file in TESTS.glob("test_*.py")} == {*FEATURES, "pairs"}


@pytest.mark.parametrize("name", sorted(every_rule()))
def test_every_pair_is_measured(name):
    assert name in lessons.measured(), f"say what it finds: `make measured RULE={name}`"
    told = lessons.measured()[name]
    assert 1 <= len(told.found) <= told.number
    assert all(each.strip() and "\n" not in each for each in told.found)


@pytest.mark.parametrize("name", sorted(name for name, each in every_rule().items() if each.of_text))
def test_what_text_tells_is_as_it_was_measured(name):
    rule = every_rule()[name]
    names = [lessons.APP + name]
    bad = next(
        each for each in [*selection.of_lessons(names), *selection.taught_compositions(names)] if each.name == "bad"
    )
    if found := [each for each in runner.read([rule], [bad]) if each.findings]:
        assert measured.found(rule, bad)[: measured.MOST] == list(lessons.measured()[name].found)
        assert lessons.measured()[name].number == sum(len(each.findings) for each in found)


def test_none_is_measured_that_is_no_rules():
    assert set(lessons.measured()) == set(every_rule())
