"""What is seen of a container from outside: its sockets in the kernel's tables, and its end."""

import pytest

from plimsoll.errors import PlimsollError
from plimsoll.facts.run import container, helper, outside
from plimsoll.facts.run.trial import poll_until

pytestmark = pytest.mark.engine

TABLE = """
tcp   sl  local_address rem_address   st tx_queue
tcp    0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000
tcp    1: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000
tcp    2: 0B00007F:9A4B 00000000:0000 0A 00000000:00000000 00:00000000
tcp    3: 020011AC:1F91 010011AC:D431 01 00000000:00000000 00:00000000
tcp6   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000
tcp6   1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 00000000
tcp6   2: 0000000000000000FFFF00000100007F:0052 00000000000000000000000000000000:0000 0A 00000000
udp    0: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000
udp    1: 00000000:C001 00000000:0000 07 00000000:00000000 00:00000000
udp    2: 020011AC:C002 08080808:0035 01 00000000:00000000 00:00000000
"""


def test_what_listens_to_others_is_told_from_loopback_connections_and_clients():
    reached = {port for port, reachable in outside.ports(TABLE) if reachable}
    assert reached == {"8080/tcp", "80/tcp", "53/udp"}
    assert {port for port, reachable in outside.ports(TABLE) if not reachable} == {"3000/tcp", "81/tcp", "82/tcp"}


@pytest.mark.parametrize(
    "path",
    ["/var/log/app.log", "/x/a.log.1", "/x/access_log", "/x/app-2024.log", "/srv/log/out", "/var/log/000004.log.1"],
)
def test_what_is_called_a_log(path):
    assert outside.LOG.match(path)


@pytest.mark.parametrize("path", ["/data/000004.log", "/kafka/t-0/00000000000000000000.log", "/x/LOG", "/x/catalog"])
def test_what_a_database_keeps_is_called_no_log(path):
    assert not outside.LOG.match(path)


@pytest.fixture
def ended():
    """A container that has ended by itself."""
    with container.started(helper.IMAGE, command=["true"], network_mode="none") as short:
        short.wait()
        yield short


@pytest.mark.parametrize(
    ("command", "uid"),
    [
        (["sleep", "60"], 65532),
        # As an engine does that gives containers users of their own: root there is somebody else outside.
        (["unshare", "--user", "--map-root-user", "sleep", "60"], 0),
    ],
)
def test_users_are_told_as_the_container_counts_them(command, uid):
    options = {"user": "65532:65532", "security_opt": ["seccomp=unconfined"], "network_mode": "none"}
    with container.started(helper.IMAGE, command=command, **options) as running:
        view = outside.Outside(helper.helper())
        assert poll_until(lambda: [each.name for each in view.family(running)] == ["sleep"])
        assert [each.uid for each in view.family(running)] == [uid]


@pytest.mark.parametrize("signal", ["STOP", "KILL"])
def test_nobody_is_signalled_in_place_of_a_container_that_has_ended(ended, signal):
    """Its first process has the number 0 then, which means the sender and all its like."""
    with pytest.raises(PlimsollError, match="exited with code 0"):
        outside.Outside(helper.helper()).signal(ended, signal)
