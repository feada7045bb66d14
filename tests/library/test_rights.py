"""The helper has the rights that its questions take, and no others: without any of them, questions get no answer."""

import re

import pytest

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.image.capabilities import NAMES
from plimsoll.facts.run import container, helper, rights
from plimsoll.facts.run.outside import Outside
from plimsoll.facts.run.trial import poll_until

pytestmark = pytest.mark.engine

SOON = 3
USER = "12345:12345"
LOG = "/tmp/app.log"  # noqa: S108 - the container's, not ours
SERVER = """
    use IO::Socket;
    open(my $log, ">", "/tmp/app.log"); chmod 0600, "/tmp/app.log"; syswrite $log, "begun\\n";
    my $server = IO::Socket::INET->new(LocalPort => 7, Listen => 5) or die;
    if (fork == 0) { sleep 1 while 1 }
    while (my $client = $server->accept) { syswrite $client, "hello\\n"; 1 while sysread $client, my $data, 100 }
"""
"""It is another user than the helper, has a child, greets whoever comes, and logs into a file that only it may read."""


@pytest.fixture(scope="module")
def server():
    words = ["perl", "-e", SERVER]
    with container.started(helper.IMAGE, command=words, port=7, isolated=True, user=USER) as running:
        running.wait_until_answering(path="")
        yield running


def state(eye, running):
    """The kernel's letter for what its first process does."""
    return eye.run("sed 's/.*) //' /proc/$1/stat", running.process)[:1]


def is_spoken_to(eye, running):
    with eye.connect(running.process, running.address, 7) as connection:
        connection.settimeout(SOON)
        return connection.makefile("rb").readline() == b"hello\n"


def is_frozen_and_woken(eye, running):
    # A signal is sent at once, and heeded when the process's turn comes.
    Outside(eye).signal(running, "STOP")
    frozen = poll_until(lambda: state(eye, running) == "T", SOON)
    Outside(eye).signal(running, "CONT")
    return frozen and poll_until(lambda: state(eye, running) != "T", SOON)


def is_left_an_orphan(eye, running):
    """Its first process does not wait for what it did not start: an orphan that has ended stays."""

    def ended():
        return sum(each.state == "Z" for each in Outside(eye).processes(running))

    before = ended()
    Outside(eye).orphan(running)
    return poll_until(lambda: ended() > before, SOON)


def has_read_all(eye, running):
    with running.connect() as connection:
        connection.sendall(b"1")
        return Outside(eye).has_read(running, SOON)


QUESTIONS = {
    "processes": lambda eye, running: len(Outside(eye).processes(running)) > 1,
    "who listens": lambda eye, running: any(each.listens for each in Outside(eye).family(running)),
    "memory": lambda eye, running: Outside(eye).memory(running)[0] > 0,
    "log files": lambda eye, running: Outside(eye).log_files(running) == {LOG},
    "answers": lambda eye, running: eye.sees_answer(running.process, running.address, [7], "", SOON) == 7,
    "a connection": is_spoken_to,
    "an orphan": is_left_an_orphan,
    "frozen": is_frozen_and_woken,
    "sockets": lambda eye, running: Outside(eye).listening(running) == {"7/tcp"},
    "what was read": has_read_all,
}
"""All that is asked of the helper."""

WITHOUT = {
    "SYS_PTRACE": {"processes", "who listens", "memory", "log files", "answers", "a connection", "an orphan"},
    "SYS_ADMIN": {"answers", "a connection", "an orphan"},
    "KILL": {"frozen"},
    "DAC_READ_SEARCH": {"who listens", "log files"},
}
"""The questions that get no answer, or a wrong one, without a capability."""


def unanswered(confinement, running):
    """The questions that a helper confined like this can't answer."""

    def fails(question):
        try:
            return not question(eye, running)
        except (PlimsollError, OSError):
            return True

    with helper.started(confinement) as eye:
        return {name for name, question in QUESTIONS.items() if fails(question)}


def test_every_question_is_answered_with_these_rights(server):
    assert unanswered(rights.options(), server) == set()


@pytest.mark.parametrize("capability", rights.CAPABILITIES)
def test_each_capability_is_needed(server, capability):
    if "name=userns" in engine.client().info()["SecurityOptions"]:
        pytest.skip("this engine gives containers other users, over whom the machine's root has these rights anyhow")
    others = {name: why for name, why in rights.CAPABILITIES.items() if name != capability}
    assert unanswered(rights.options(others), server) == WITHOUT[capability]


def test_the_machines_processes_are_needed(server):
    """In a process space of its own, the helper's numbers are other processes', or nobody's."""
    own = {name: value for name, value in rights.options().items() if name not in {"pid_mode", "userns_mode"}}
    assert unanswered(own, server) == set(QUESTIONS)


def test_a_first_process_can_be_frozen_and_killed_only_from_outside(server):
    """From within its own process space the kernel keeps these two signals from it, so that a helper there has none."""
    within = {**rights.options(), "pid_mode": f"container:{server.id}"}
    with helper.started(within) as eye:
        eye.run("kill -STOP 1; kill -KILL 1")
        assert eye.run("sed 's/.*) //' /proc/1/stat").split()[0] == "S"
    assert server.state()["Running"]


def test_the_helper_has_no_other_rights():
    """As the kernel and the engine tell it, of the one that every question goes to."""
    said = helper.helper().run('cat /proc/self/status; awk \'$5 == "/" {print "Root: " $6}\' /proc/self/mountinfo')
    told = dict(re.findall(r"^(\w+):\s+(\S+)$", said, re.MULTILINE))
    for kind in ("CapPrm", "CapEff", "CapBnd"):
        held = {NAMES[number].upper() for number in range(len(NAMES)) if int(told[kind], 16) >> number & 1}
        assert held == set(rights.CAPABILITIES), kind
    assert told["NoNewPrivs"] == "1"
    assert told["Seccomp"] == "2", "the engine's filter is in force"
    assert "ro" in told["Root"].split(",")
    given = helper.helper()._container.attrs["HostConfig"]
    assert not given["Privileged"]
    assert [given[kind] for kind in ("NetworkMode", "PidMode", "UsernsMode")] == ["none", "host", "host"]
    assert sorted(given["SecurityOpt"]) == ["apparmor=unconfined", "label=disable", "no-new-privileges"]
    assert [given.get(kind) or [] for kind in ("Binds", "Mounts", "Devices")] == [[], [], []]
