"""A fault of Plimsoll's own, in a rule, in a fact or around them: it never looks like a clean verdict."""

import json
import re
from pathlib import Path

import pytest

from plimsoll.commands.options import FORMATS

pytestmark = pytest.mark.xdist_group("check")

CODE = """
import dataclasses, os, signal, sys
from plimsoll import cli, errors, pairing, rule, runner
from plimsoll.commands import targets
from plimsoll.commands.formats import text
from plimsoll.facts import catalogue
from plimsoll.facts.registry import FACTS

def broken(*_, **__):
    {fault}

def instead_of(known, name):
    known[name] = dataclasses.replace(known[name], function=broken)

{place}
sys.exit(cli.main())
"""
"""The command with a fault in it."""

RULE = 'instead_of(rule.every_rule(), "has_no_shell")'
FACT = 'instead_of(FACTS, "{}")'

DOCKERFILE = 'FROM busybox:1.37-musl\nEXPOSE 8080\nUSER 65532:65532\nENTRYPOINT ["/bin/true"]\n'
FAULT = 'raise KeyError("no such layer")'
ASKED = ["--quiet", "--fail-on=note", "--rule=has_no_shell", "--rule=layers_hold_no_secret"]


@pytest.fixture
def faulty(check, image, tmp_path):
    """What the command says of an image, where there is a fault."""
    name = image(DOCKERFILE)

    def run(place, fault, *arguments):
        return check(name, *arguments, code=CODE.format(place=place, fault=fault), TMPDIR=str(tmp_path))

    return run


def left_out(done):
    """The line that tells which rules have not judged."""
    (line,) = [line for line in done.said.splitlines() if line.startswith("not judged: ")]
    return line


def is_told_as_internal(done, words):
    """In one line; with a file that tells the rest."""
    assert "Traceback" not in done.said + done.errors
    (line,) = done.errors.splitlines()
    match = re.fullmatch(rf".*internal error, {re.escape(words)}: report it with the file (\S+?)(; this .*)?", line)
    assert match, line
    text = Path(match[1]).read_text()
    assert "Traceback (most recent call last)" in text
    assert words.partition(", ")[2] in text


@pytest.mark.parametrize("fault", ["KeyError", "OSError", "AssertionError", "RecursionError"])
def test_a_rule_that_fails_by_itself_has_not_judged(faulty, fault):
    done = faulty(RULE, f"raise {fault}(7)", *ASKED)
    assert done.code == 3, done.said + done.errors
    is_told_as_internal(done, f"{fault}, 7")
    assert left_out(done).startswith("not judged: 1 rule (image.has_no_shell), internal error, ")
    assert "0 findings; 1 rule judged 1 subject" in done.said


@pytest.mark.parametrize("form", [each for each in FORMATS if each != "text"])
def test_a_fault_is_told_whatever_the_form(faulty, form):
    done = faulty(RULE, FAULT, *ASKED, f"--output={form}")
    assert done.code == 3
    is_told_as_internal(done, "KeyError, 'no such layer'")


def test_a_fault_in_a_fact_leaves_unjudged_what_wants_it_and_nothing_else(faulty):
    done = faulty(FACT.format("outside"), FAULT, *ASKED, "--rule=stops_when_told", "--rule=turns_healthy")
    assert done.code == 3, done.said + done.errors
    is_told_as_internal(done, "KeyError, 'no such layer'")
    assert left_out(done).startswith("not judged: 2 rules (run.turns_healthy, run.stops_when_told), internal error, ")
    assert ": note: image.has_no_shell: " in done.said


def test_a_fault_that_many_rules_meet_is_told_once_and_has_one_file(faulty, tmp_path):
    done = faulty(FACT.format("image"), "assert False, 'no such layer'", *ASKED)
    assert done.code == 3
    is_told_as_internal(done, "AssertionError, no such layer")
    asked = "image.has_no_shell, image.layers_hold_no_secret"
    assert left_out(done).startswith(f"not judged: 2 rules ({asked}), internal error, ")
    assert len([*tmp_path.glob("plimsoll-*.txt")]) == 1


def test_a_fact_that_cannot_be_gathered_is_no_fault_of_ours_and_wins_over_findings_where_it_is_required(faulty):
    fault = 'raise errors.PlimsollError("no socket is left", "close some")'
    done = faulty(FACT.format("outside"), fault, *ASKED, "--rule=stops_when_told", "--require=run")
    assert done.code == 2, done.said + done.errors
    assert done.errors == ""
    assert left_out(done) == "not judged: 1 rule (run.stops_when_told), no socket is left: close some"
    assert ": note: image.has_no_shell: " in done.said


@pytest.mark.parametrize("fact", ["image", "started"])
def test_a_fact_that_fails_at_its_end_is_no_verdict(faulty, fact):
    """As one that can't stop its container."""
    given = "from plimsoll.facts.image import image\n    yield image.read(_[0])" if fact == "image" else "yield"
    done = faulty(FACT.format(fact), f"{given}\n    {FAULT}", *ASKED, "--rule=stops_when_told")
    assert (done.code, done.said) == (3, ""), done.errors
    is_told_as_internal(done, "KeyError, 'no such layer'")


# The kernel may give a signal to another thread than the main one, which only hears of it when it next does something.
AWAKE = "import time; any(time.sleep(0.05) for _ in range(40))"


@pytest.mark.parametrize("place", [RULE, FACT.format("image"), FACT.format("outside")], ids=["rule", "fact", "last"])
@pytest.mark.parametrize("fault", ["raise SystemExit", "sys.exit(0)", 'raise BaseException("enough")'])
def test_whatever_ends_a_rule_or_a_fact_does_not_end_the_run_well(faulty, place, fault):
    done = faulty(place, fault, *ASKED, "--rule=stops_when_told")
    assert (done.code, done.said) == (3, ""), done.errors
    assert re.match(r"plimsoll: internal error, (SystemExit|BaseException)", done.errors)
    assert done.errors.endswith("; this is no verdict\n")


# The kernel may give a signal to another thread than the main one, which only hears of it when it next does something.
AWAKE = "import time; any(time.sleep(0.05) for _ in range(40))"


@pytest.mark.parametrize("place", [RULE, FACT.format("image"), FACT.format("outside")], ids=["rule", "fact", "last"])
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("raise KeyboardInterrupt", 130),
        (f"os.kill(os.getpid(), signal.SIGINT); {AWAKE}", 130),
        (f"os.kill(os.getpid(), signal.SIGTERM); {AWAKE}", 143),
    ],
    ids=["raised", "SIGINT", "SIGTERM"],
)
def test_an_interruption_is_no_verdict(faulty, place, fault, code):
    done = faulty(place, fault, *ASKED, "--rule=stops_when_told")
    assert (done.code, done.said) == (code, ""), done.errors
    assert done.errors == "plimsoll: interrupted, nothing is left running\n"
    assert done.left == []


def test_an_interruption_that_a_rule_keeps_to_itself_is_no_verdict(faulty):
    fault = "try:\n        os.kill(os.getpid(), signal.SIGINT)\n    except BaseException:\n        return []"
    done = faulty(RULE, fault, *ASKED)
    assert (done.code, done.said) == (130, ""), done.errors


@pytest.mark.parametrize(
    "place",
    [
        "text.findings = broken",
        "targets.subjects = broken",
        "runner.run = broken",
        "runner.pairs = broken",
        "pairing.applies = broken",
        "rule.every_rule = broken",
    ],
)
@pytest.mark.parametrize(
    ("fault", "words"), [(FAULT, "KeyError, 'no such layer'"), ("sys.exit(0)", "SystemExit, 0")], ids=["fault", "exit"]
)
def test_a_fault_around_the_rules_is_no_verdict(faulty, place, fault, words):
    done = faulty(place, fault, *ASKED, "--rule=stops_when_told")
    assert (done.code, done.said) == (3, ""), done.errors
    is_told_as_internal(done, words)
    assert done.errors.endswith("; this is no verdict\n")


def test_where_no_rule_judges_that_is_no_verdict(check, image):
    done = check(image(DOCKERFILE), "--rule=publishes_on_loopback_only", "--output=json")
    assert (done.code, json.loads(done.said)["results"]) == (2, []), done.errors
    assert re.fullmatch(r"plimsoll: none of these rules judges plimsoll/\S+: leave out --rule, .*\n", done.errors)


def test_what_the_command_was_called_with_is_not_in_the_file(faulty, tmp_path):
    faulty(RULE, "raise KeyError", *ASKED, "--env=PASSWORD=hunter2")
    (file,) = tmp_path.glob("plimsoll-*.txt")
    assert "hunter2" not in file.read_text()
