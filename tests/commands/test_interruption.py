"""What a signal does to a command, at the moments that are hard to meet from outside."""

import subprocess
import sys

import pytest

from workshop.root import ROOT

BEGIN = """
import os, signal, subprocess, sys
from plimsoll import interruption
for number in interruption.SIGNALS:
    signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
def send(name):
    os.kill(os.getpid(), getattr(signal, name))
"""


def run(script):
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_the_exit_code_says_which_signal_it_was(name, code):
    said = run(f"""
interruption.listen()
try:
    send("{name}")
except KeyboardInterrupt as error:
    print(interruption.code(error))
""")
    assert said == [str(code)]


def test_a_signal_waits_until_the_cleaning_is_done():
    said = run("""
interruption.listen()
try:
    with interruption.held():
        with interruption.held():
            send("SIGTERM")
        print("cleaned")
    print("not here")
except KeyboardInterrupt:
    print("interrupted")
""")
    assert said == ["cleaned", "interrupted"]


def test_a_signal_is_not_forgotten_where_the_cleaning_fails():
    said = run("""
interruption.listen()
try:
    with interruption.held():
        send("SIGTERM")
        raise OSError("the engine has gone")
except KeyboardInterrupt as error:
    print(repr(error.__context__))
""")
    assert said == ["OSError('the engine has gone')"]


def test_only_the_first_signal_interrupts():
    said = run("""
interruption.listen()
try:
    send("SIGTERM")
except KeyboardInterrupt:
    send("SIGTERM")
    send("SIGINT")
    print("cleaned")
""")
    assert said == ["cleaned"]


def test_an_interruption_that_somebody_swallowed_is_told_when_asked():
    said = run("""
interruption.listen()
interruption.require_none()
try:
    send("SIGTERM")
except BaseException:
    pass
try:
    interruption.require_none()
except KeyboardInterrupt as error:
    print(interruption.code(error))
""")
    assert said == ["143"]


def test_a_signal_that_the_command_was_started_to_ignore_stays_ignored():
    said = run("""
signal.signal(signal.SIGHUP, signal.SIG_IGN)
interruption.listen()
send("SIGHUP")
print("goes on")
""")
    assert said == ["goes on"]


def test_children_end_too_but_for_those_that_are_to_outlive_it():
    said = run("""
child = subprocess.Popen(["sleep", "60"])
daemon = subprocess.Popen(["sleep", "60"], start_new_session=True)
interruption.listen()
try:
    send("SIGTERM")
except KeyboardInterrupt:
    print(child.wait(), daemon.poll())
daemon.kill()
""")
    assert said == ["-2 None"]
