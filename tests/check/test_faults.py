"""A fault of Plimsoll's own, in a rule or around the rules: it never looks like a clean verdict."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("check")

CODE = """
import sys
from plimsoll import cli
from plimsoll.commands import check
check.PYTEST += ("-pfaulty",)
sys.exit(cli.main())
"""
"""The command with a pytest plugin more, which brings the fault."""

INSTEAD_OF_A_RULE = """
def pytest_collection_modifyitems(items):
    for item in items:
        if item.name.startswith("test_has_no_shell"):
            item.obj = broken

def broken(**_):
    {fault}
"""

HOOK = """
import pytest

def {hook}:
    {fault}
"""


@pytest.fixture
def faulty(check, image, tmp_path):
    """What the command says of an image, where there is a fault."""
    name = image('FROM busybox:1.37-musl\nUSER 65532:65532\nENTRYPOINT ["/bin/true"]\n')

    def run(plugin, *arguments):
        (tmp_path / "faulty.py").write_text(plugin)
        return check(
            name,
            "--static",
            *arguments,
            code=CODE,
            PYTHONPATH=f"{tmp_path}:{Path(__file__).parents[2]}",
            TMPDIR=str(tmp_path),
        )

    return run


@pytest.mark.parametrize(
    "fault",
    [
        'raise KeyError("no such layer")',
        'raise OSError("no such layer")',
        'raise SystemExit("no such layer")',
        'raise BaseException("no such layer")',
    ],
)
def test_a_rule_that_fails_by_itself_has_not_judged(faulty, fault):
    done = faulty(INSTEAD_OF_A_RULE.format(fault=fault), "--rule=has_no_shell", "--rule=layers_hold_no_secret")
    assert done.code == 2, done.said + done.errors
    (line,) = [line for line in done.said.splitlines() if line.startswith("not judged: ")]
    assert re.search(r"Error|Exit|BaseException", line)
    assert "no such layer" in line
    assert line.endswith("(has_no_shell)")
    assert "Traceback" not in done.said + done.errors


@pytest.mark.parametrize("fault", ["KeyError", "AssertionError"])
def test_a_fault_on_the_way_to_a_rule_leaves_it_unjudged(faulty, fault):
    """Whoever gathers facts does not judge, whatever he asserts."""
    hook = HOOK.format(hook="pytest_runtest_setup()", fault=f"raise {fault}('no such layer')")
    done = faulty(hook, "--rule=layers_hold_no_secret")
    assert done.code == 2, done.said + done.errors
    (line,) = [line for line in done.said.splitlines() if line.startswith("not judged: ")]
    assert "no such layer" in line
    assert line.endswith("(layers_hold_no_secret)")


def test_a_fault_after_a_rule_is_told_beside_its_verdict(faulty):
    hook = HOOK.format(hook="pytest_runtest_teardown()", fault="raise KeyError('no such layer')")
    done = faulty(hook, "--rule=layers_hold_no_secret")
    assert (done.code, done.said) == (0, "0 findings; 1 rules judged 1 subject\n"), done.errors
    assert done.errors == "plimsoll: after layers_hold_no_secret, KeyError: 'no such layer'\n"


@pytest.mark.parametrize("rules", [["--rule=has_no_shell"], ["--rule=has_no_shell", "--rule=layers_hold_no_secret"]])
def test_an_interruption_within_a_rule_is_no_verdict(faulty, rules):
    done = faulty(INSTEAD_OF_A_RULE.format(fault="raise KeyboardInterrupt"), *rules)
    assert (done.code, done.said) == (130, ""), done.errors
    assert done.errors == "plimsoll: interrupted, nothing is left running\n"


@pytest.mark.parametrize(
    "fault",
    [
        'import pytest; pytest.exit("enough", returncode=0)',
        'import pytest; pytest.exit("enough")',
    ],
)
def test_a_rule_that_ends_the_run_is_no_verdict(faulty, fault):
    done = faulty(INSTEAD_OF_A_RULE.format(fault=fault), "--rule=has_no_shell")
    _is_told_as_internal(done, "Exit, enough")


@pytest.mark.parametrize(
    "hook",
    [
        "pytest_runtest_logstart()",
        "pytest_runtest_makereport()",
        "pytest_runtest_logfinish()",
        "pytest_runtestloop()",
        "pytest_collection_modifyitems()",
        "pytest_sessionstart()",
        "pytest_sessionfinish()",
        "pytest_configure()",
    ],
)
def test_a_fault_around_the_rules_is_no_verdict(faulty, hook):
    done = faulty(HOOK.format(hook=hook, fault='raise KeyError("no such layer")'), "--rule=layers_hold_no_secret")
    _is_told_as_internal(done, "KeyError, 'no such layer'")


def test_rules_that_are_passed_over_are_no_verdict(faulty):
    done = faulty(HOOK.format(hook="pytest_runtest_protocol()", fault="return True"), "--rule=layers_hold_no_secret")
    _is_told_as_internal(done, "RuntimeError, the rules' run ended by <ExitCode.OK: 0>, not heard of: tests/rules/")


def test_a_run_that_ends_well_with_another_exit_code_is_no_verdict(faulty):
    fault = "session.exitstatus = 7"
    done = faulty(HOOK.format(hook="pytest_sessionfinish(session)", fault=fault), "--rule=layers_hold_no_secret")
    _is_told_as_internal(done, "RuntimeError, the rules' run ended by 7, not heard of: none")


def test_what_the_command_was_called_with_is_not_in_the_file(faulty, tmp_path):
    faulty(HOOK.format(hook="pytest_configure()", fault="raise KeyError"), "--env=PASSWORD=hunter2")
    (file,) = tmp_path.glob("plimsoll-*.txt")
    assert "hunter2" not in file.read_text()


def _is_told_as_internal(done, words):
    assert (done.code, done.said) == (3, ""), done.errors
    (line,) = done.errors.splitlines()
    assert line.startswith(f"plimsoll: internal error, {words}")
    file = re.search(r"report it with the file (\S+); nothing has been judged$", line)[1]
    text = Path(file).read_text()
    assert "Traceback (most recent call last)" in text
    assert words.partition(", ")[2].partition(", not heard")[0] in text
