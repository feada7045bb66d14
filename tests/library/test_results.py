"""A test that passed is left out for as long as what it rests on stays the same, and not a moment longer."""

import os
import subprocess
import sys

import pytest

from plimsoll.facts.run import ownership
from workshop import apps, taught
from workshop.root import ROOT
from workshop.suite import results, unchanged
from workshop.suite.results import KeptResult

pytestmark = pytest.mark.engine

pytest_plugins = ["pytester"]

# In this process the library is imported already, and pytest may warn of that.
PLUGINS = ["-pworkshop.suite.plugin", "-pworkshop.suite.unchanged", "-pno:warnings"]

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
    monkeypatch.setattr(results, "FILE", pytester.path / "results.jsonl")

    def run(name, *arguments, inputs="the same"):
        monkeypatch.setattr(ownership, "RUN", name)
        monkeypatch.setattr(results, "of_everything", lambda _: inputs)
        return pytester.runpytest_inprocess(*PLUGINS, *arguments)

    return run


def test_what_passed_is_left_out_and_told(run):
    assert run("first").parseoutcomes() == {"passed": 3, "xfailed": 1, "skipped": 1, "errors": 1}
    again = run("second")
    assert again.parseoutcomes() == {"skipped": 1, "passed": 1, "errors": 1}
    again.stdout.fnmatch_lines(
        ["XFAIL *test_is_waived - waived: for a reason", "3 tests passed before, and nothing * has changed since"]
    )


def test_what_one_process_runs_is_told_by_its_number(run):
    """Three of five are known to hold after the first run; the others are skipped, or leave something behind."""
    assert run("first", "--few=4").ret == unchanged.MANY
    assert run("first").ret != unchanged.MANY
    assert run("second", "--few=1").ret == unchanged.MANY
    assert run("third", "--few=2").parseoutcomes() == {"skipped": 1, "passed": 1, "errors": 1}


def test_what_failed_is_run_again(run, pytester):
    (pytester.path / "fail").touch()
    assert run("first").parseoutcomes()["failed"] == 1
    assert run("second").parseoutcomes()["failed"] == 1


def test_what_passed_and_failed_later_is_run_again(run, pytester):
    run("first")
    (pytester.path / "fail").touch()
    assert run("second", "--rerun").parseoutcomes()["failed"] == 1
    assert run("third").parseoutcomes()["failed"] == 1


def test_other_inputs_are_judged_anew(run):
    run("first")
    assert run("second", inputs="others").parseoutcomes()["passed"] == 3


def test_a_run_in_which_all_is_known_is_green(run):
    run("first", "-k", "passes")
    assert run("second", "-k", "passes").ret == pytest.ExitCode.OK


def name_of_run(number):
    """How a run is called whose process has that number."""
    script = f"import os; os.getpid = lambda: {number}; from plimsoll.facts.run.ownership import RUN; print(RUN)"
    environment = {name: value for name, value in os.environ.items() if name != ownership.ENVIRONMENT}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_failure_whose_process_number_comes_back_is_not_forgotten(run, pytester):
    """As in a container, where the first process of every run has the same one."""
    assert run(name_of_run(100)).parseoutcomes()["passed"] == 3
    (pytester.path / "fail").touch()
    assert run(name_of_run(200), "--rerun").parseoutcomes()["failed"] == 1
    assert run(name_of_run(200)).parseoutcomes()["failed"] == 1


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The file of results, which is not there yet."""
    monkeypatch.setattr(results, "FILE", tmp_path / "results.jsonl")
    return results.FILE


GARBAGE = {
    "half a line": b'{"test": "b", "inp',
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "null": b"null",
    "no name": b'{"test": []}',
    "another document": b'{"other": "b"}',
    "depths": b"[" * 100_000,
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_what_is_no_verdict_is_passed_over(file, garbage):
    """Such as the last line of a run that was killed."""
    results.keep(KeptResult("a", "1", "run"))
    file.write_bytes(file.read_bytes() + garbage + b"\n")
    results.keep(KeptResult("c", "1", "run"))
    assert list(results.earlier()) == ["a", "c"]
    results.forget_older()
    assert list(results.earlier()) == ["a", "c"]
    assert file.read_text().count("\n") == 2


def test_only_the_latest_verdict_is_kept(file):
    for inputs in "123":
        results.keep(KeptResult("a", inputs, "run"))
    results.forget_older()
    assert file.read_text().count("\n") == 1
    assert results.earlier()["a"].inputs == "3"


@pytest.mark.usefixtures("file")
def test_a_run_within_a_run_forgets_nothing_of_it(monkeypatch):
    """As a test of this suite starts one, which has the run's name."""
    results.keep(KeptResult("a", "1", "before"))
    results.keep(KeptResult("a", "", ownership.RUN))
    results.forget_older()
    assert results.earlier()["a"].inputs == "1", "this run's processes must leave out the same tests to its end"
    monkeypatch.setattr(ownership, "RUN", "after")
    assert results.earlier()["a"].inputs == ""


def test_what_others_add_meanwhile_is_not_forgotten(file):
    script = (
        "import sys; from pathlib import Path; from workshop.suite import results\n"
        "results.FILE = Path(sys.argv[1])\n"
        "for number in range(200): results.keep(results.KeptResult(f'{sys.argv[2]} {number}', '1', 'run'))\n"
    )
    others = [subprocess.Popen([sys.executable, "-c", script, str(file), name], cwd=ROOT) for name in "ab"]
    while any(other.poll() is None for other in others):
        results.forget_older()
    assert [other.returncode for other in others] == [0, 0]
    assert len(results.earlier()) == 400


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


DIGEST = """
import sys
from pathlib import Path
from workshop.suite import results, unchanged
from plimsoll.subject import Variant
folder = Path(sys.argv[1])
print(results.of_variant(Variant("mine", "prod", "plimsoll/mine:prod", folder, folder / "Dockerfile")))
"""


def test_an_edited_file_changes_what_results_rest_on(tmp_path):
    """Each time in a process of its own, as the next run is."""
    names = ("Dockerfile", "main.go", "plimsoll.toml")
    seen = []
    for edited in ("", "", *names):
        for name in names:
            (tmp_path / name).write_text("FROM scratch AS other\n" if name == edited else "FROM scratch\n")
        command = [sys.executable, "-c", DIGEST, str(tmp_path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        seen.append(done.stdout)
    assert seen[0] == seen[1]
    assert len(set(seen)) == 1 + len(names)


def test_no_two_subjects_share_their_inputs():
    subjects = [*apps.variants(), *taught.variants()]
    assert len({results.of_variant(subject) for subject in subjects}) == len(subjects)


def test_an_ignore_file_of_gits_decides_about_every_rule(tmp_path, monkeypatch):
    """What git ignores is what context rules plant."""
    names = (".gitignore", "app/.gitignore", "README.md")
    monkeypatch.setattr(results, "ROOT", tmp_path)
    monkeypatch.setattr(results.listed, "files", lambda: names)
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one\n")

    def judges():
        results._judges.cache_clear()
        return results._judges()

    before = judges()
    (tmp_path / "README.md").write_text("two\n")
    assert judges() == before
    for name in names[:2]:
        (tmp_path / name).write_text("two\n")
        after = judges()
        assert after != before
        before = after
    monkeypatch.undo()
    results._judges.cache_clear()


def test_markdown_matters_only_to_tests_that_read_what_people_read(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "ROOT", tmp_path)
    monkeypatch.setattr(results.listed, "files", lambda: ("README.md", "app.py"))
    monkeypatch.setattr(results, "_judges", lambda: "")

    def rest_on(folder):
        results.of_everything.cache_clear()
        return results.of_everything(folder)

    for name in ("README.md", "app.py"):
        (tmp_path / name).write_text("one\n")
    project, library = rest_on(results.READERS), rest_on(str(tmp_path / "tests/library"))
    (tmp_path / "README.md").write_text("two\n")
    assert rest_on(results.READERS) != project
    assert rest_on(str(tmp_path / "tests/library")) == library
    (tmp_path / "app.py").write_text("two\n")
    assert rest_on(str(tmp_path / "tests/library")) != library
    results.of_everything.cache_clear()
