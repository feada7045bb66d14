"""How containers end: again where it takes long, since other work only adds time; and who of them is told at all."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from plimsoll.facts.run import ending, outside, told
from plimsoll.facts.run.container import Stop
from plimsoll.facts.run.outside import Process

NOBODY = SimpleNamespace(family=lambda _: [])
TERM = 1 << 14


@pytest.fixture
def ends(monkeypatch):
    """Gives the containers that are started the seconds that each takes to end."""

    def give(*seconds, code=0):
        left = [Stop(code, each, "") for each in seconds]

        @contextmanager
        def trial(_):
            running = SimpleNamespace(stop=lambda _: left.pop(0), stop_signal="SIGTERM", process=1)
            yield SimpleNamespace(container=running)

        monkeypatch.setattr(ending, "trial", trial)
        return left

    return give


def test_what_ends_soon_is_stopped_once(ends):
    left = ends(0.2, 0.1)
    assert ending.stop(None, NOBODY).seconds == 0.2
    assert len(left) == 1


def test_the_quickest_end_counts(ends):
    ends(5.4, 5.2, 0.3)
    assert ending.stop(None, NOBODY).seconds == 0.3


def test_what_always_takes_long_does_so(ends):
    left = ends(6.4, 6.2, 6.3, 0.1)
    assert ending.stop(None, NOBODY).seconds == 6.2
    assert len(left) == 1


def test_what_has_no_handler_is_not_stopped_again(ends):
    left = ends(6.4, 6.2, 6.3, code=137)
    deaf = SimpleNamespace(family=lambda _: [Process(1, 0, "S", "sh", ("sh", "-c", "app; true"))])
    assert not ending.stop(None, deaf).told.handled
    assert len(left) == 2


def process(pid, parent, *words, caught=0, listens=False):
    return Process(pid, parent, "S", words[0].rpartition("/")[2][:15], words, 1000, caught, listens)


def app(pid, parent):
    return process(pid, parent, "python", "app.py", caught=TERM, listens=True)


@pytest.mark.parametrize(
    ("processes", "kept"),
    [
        ([app(1, 0)], ""),
        ([process(1, 0, "sh", "-c", "app; true"), app(2, 1)], "sh -c app; true"),
        ([process(1, 0, "/bin/sh", "/entrypoint.sh"), app(2, 1)], "/bin/sh /entrypoint.sh"),
        ([process(1, 0, "/bin/sh", "/entrypoint.sh", caught=TERM), app(2, 1)], ""),
        ([process(1, 0, "tini", "--", "app", caught=TERM), app(2, 1)], ""),
        ([process(1, 0, "/sbin/tini", "--", "sh", caught=TERM), process(2, 1, "sh", "-c", "a"), app(3, 2)], "sh -c a"),
        ([process(1, 0, "dumb-init", "bash", caught=TERM), process(2, 1, "bash", "/x"), app(3, 2)], "bash /x"),
        ([process(1, 0, "npm start", caught=TERM), process(2, 1, "sh", "-c", "a"), app(3, 2)], "sh -c a"),
        ([process(1, 0, "tini", caught=TERM), process(2, 1, "bash", "/x", caught=TERM), app(3, 2)], ""),
        ([process(1, 0, "s6-svscan", caught=TERM), process(2, 1, "sh", "run"), app(3, 2)], ""),
        ([app(1, 0), process(2, 1, "sh", "-c", "helper"), process(3, 2, "helper")], ""),
        ([process(1, 0, "sh", "-c", "wait"), process(2, 1, "sleep", "9")], ""),
        ([process(1, 0, "su", "app"), process(2, 1, "bash"), app(3, 2)], ""),
        ([process(1, 0, "nginx", caught=TERM, listens=True), process(2, 1, "nginx", listens=True)], ""),
    ],
)
def test_a_shell_that_keeps_the_signal_is_named(processes, kept):
    assert told.of(processes, 1, "SIGTERM").kept == kept


def test_who_is_not_told_is_named():
    family = [process(1, 0, "tini", caught=TERM), process(2, 1, "sh", "-c", "a"), app(3, 2)]
    assert told.of(family, 1, "TERM") == told.Told("tini", True, "sh -c a", "python app.py")
    assert not told.of([process(1, 0, "node", "x.js", listens=True)], 1, "SIGTERM").handled
    assert told.of([], 1, "SIGTERM") == told.Told()


@pytest.mark.parametrize(
    ("name", "full", "codes"),
    [
        ("SIGTERM", "SIGTERM", {0, 143}),
        ("TERM", "SIGTERM", {0, 143}),
        ("15", "SIGTERM", {0, 143}),
        ("", "SIGTERM", {0, 128}),
        ("SIGINT", "SIGINT", {0, 130}),
        ("SIGQUIT", "SIGQUIT", {0}),
        ("3", "SIGQUIT", {0}),
        ("SIGKILL", "SIGKILL", {0}),
        ("SIGRTMIN+3", "SIGRTMIN+3", {0, 165}),
        ("37", "signal 37", {0, 165}),
    ],
)
def test_signals_by_any_of_their_names(name, full, codes):
    assert told.full_name(name) == full
    assert told.good_ends(name) == codes


def test_processes_are_read_whatever_they_are_called():
    told_of = (
        "7 (a) (b\n) S 1 7 7 0\x1f1000\x1f0000000000004000\x1fyes\x1fa b\n-c\nx \x1e"
        "8 (k) I 2 0\x1f0\x1f0000000000000000\x1f\x1f\x1e"
    )
    first, second = outside.family(told_of)
    assert (first.pid, first.name, first.words, first.uid, first.listens) == (
        7,
        "a) (b\n",
        ("a b", "-c", "x "),
        1000,
        True,
    )
    assert first.handles(15)
    assert not first.handles(0)
    assert (second.uid, second.words, second.line, second.handles(15)) == (0, (), "k", False)
