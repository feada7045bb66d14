"""A test that passed is left out for as long as what it rests on stays the same, and not a moment longer."""

import pytest

from plimsoll.builds import proofs
from plimsoll.containers import container
from plimsoll.project import app, lessons
from plimsoll.suite import verdicts

pytest_plugins = ["pytester"]

# In this process the library is imported already, and pytest may warn of that.
PLUGINS = ["-pplimsoll.suite.plugin", "-pplimsoll.suite.sparing", "-pno:warnings"]

TESTS = """
import pathlib
import pytest

def test_passes():
    pass

def test_fails_where_a_file_says_so():
    assert not pathlib.Path("fail").exists()

@pytest.mark.xfail(strict=True, reason="waived: for a reason")
def test_is_waived():
    assert False

def test_is_skipped():
    pytest.skip("not here")

@pytest.fixture
def leaves():
    yield
    assert False

def test_leaves_something_behind(leaves):
    pass
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Runs the tests as a run of its own, on inputs that are named."""
    pytester.makepyfile(TESTS)
    monkeypatch.setattr(verdicts, "FILE", pytester.path / "verdicts.jsonl")

    def run(name, *arguments, inputs="the same"):
        monkeypatch.setattr(container, "RUN", name)
        monkeypatch.setattr(verdicts, "of_everything", lambda: inputs)
        return pytester.runpytest_inprocess(*PLUGINS, *arguments)

    return run


def test_what_passed_is_left_out_and_told(run):
    assert run("first").parseoutcomes() == {"passed": 3, "xfailed": 1, "skipped": 1, "errors": 1}
    again = run("second")
    assert again.parseoutcomes() == {"skipped": 1, "passed": 1, "errors": 1}
    again.stdout.fnmatch_lines(
        ["XFAIL *test_is_waived - waived: for a reason", "3 tests passed before, and nothing * has changed since"]
    )


def test_what_failed_is_run_again(run, pytester):
    (pytester.path / "fail").touch()
    assert run("first").parseoutcomes()["failed"] == 1
    assert run("second").parseoutcomes()["failed"] == 1


def test_what_passed_and_failed_later_is_run_again(run, pytester):
    run("first")
    (pytester.path / "fail").touch()
    assert run("second", "--afresh").parseoutcomes()["failed"] == 1
    assert run("third").parseoutcomes()["failed"] == 1


def test_other_inputs_are_judged_anew(run):
    run("first")
    assert run("second", inputs="others").parseoutcomes()["passed"] == 3


def test_a_run_in_which_all_is_known_is_green(run):
    run("first", "-k", "passes")
    assert run("second", "-k", "passes").ret == pytest.ExitCode.OK


RULE = """
import pytest

@pytest.mark.parametrize("subject", [
    pytest.param("bad", id="lesson-bites:bad", marks=pytest.mark.xfail(strict=True, reason="broken on purpose")),
    pytest.param("good", id="lesson-bites:good"),
    pytest.param("skipped", id="go-gin:prod"),
])
def test_bites(subject):
    if subject == "skipped":
        pytest.skip("not buildable here")
    assert subject != "bad"
"""


@pytest.fixture
def rule(pytester):
    """A rule with its pair, and a subject of which it is never known whether it keeps it."""
    file = pytester.path / "tests/rules/test_bite.py"
    file.parent.mkdir(parents=True)
    file.write_text(RULE)
    return "tests/rules"


def test_a_rule_that_an_earlier_run_proved_is_proved(run, rule):
    assert run("first", rule).ret == pytest.ExitCode.OK
    again = run("second", rule)
    assert again.parseoutcomes() == {"skipped": 1}
    assert again.ret == pytest.ExitCode.OK


def test_a_rule_that_nobody_proved_fails_a_whole_run(run, rule):
    assert run("first", rule, "--deselect", f"{rule}/test_bite.py::test_bites[lesson-bites:bad]").ret == 1


def test_half_a_line_is_no_verdict(tmp_path, monkeypatch):
    monkeypatch.setattr(verdicts, "FILE", tmp_path / "verdicts.jsonl")
    verdicts.keep(verdicts.Verdict("a", "1", "run"))
    with verdicts.FILE.open("a") as lines:
        lines.write('{"test": "b", "inp')
    assert list(verdicts.earlier()) == ["a"]
    verdicts.forget_older()
    assert verdicts.FILE.read_text().count("\n") == 1


def test_tests_that_differ_only_after_an_at_sign_are_two(run, pytester):
    """An address in a name is no group of pytest-xdist's."""
    pytester.makepyfile(
        "import pytest\n"
        "@pytest.mark.xdist_group('one')\n"
        "@pytest.mark.parametrize('address', ['a@b', 'a@c'])\n"
        "def test_address(address): assert address == 'a@b'\n"
    )
    for name in ("first", "second"):
        assert run(name).parseoutcomes()["failed"] == 1


@pytest.mark.parametrize("edited", ["Dockerfile", "main.go", "plimsoll.toml"])
def test_an_edited_file_changes_what_verdicts_rest_on(tmp_path, edited):
    for name in ("Dockerfile", "main.go", "plimsoll.toml"):
        (tmp_path / name).write_text("FROM scratch\n")
    variant = app.Variant("mine", "prod", "plimsoll/mine:prod", tmp_path, tmp_path / "Dockerfile")
    seen = set()
    for text in ("FROM scratch\n", "FROM scratch\n", "FROM scratch AS other\n"):
        (tmp_path / edited).write_text(text)
        for cached in (app._parsed, proofs._file, proofs.input_of, verdicts.of_variant):
            cached.cache_clear()
        seen.add(verdicts.of_variant(variant))
    assert len(seen) == 2


def test_no_two_subjects_share_their_inputs():
    subjects = [*app.variants(), *lessons.variants()]
    assert len({verdicts.of_variant(subject) for subject in subjects}) == len(subjects)
