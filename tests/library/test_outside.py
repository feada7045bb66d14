"""What is seen of a container from outside: its sockets in the kernel's tables, and a helper's output to its end."""

from types import SimpleNamespace

import pytest

from plimsoll.containers import outside
from plimsoll.errors import PlimsollError

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
    assert set(outside.ports(TABLE)) == {"8080/tcp", "80/tcp", "53/udp"}


class Lossy:
    """A helper whose first outputs are lost, the last of them in its middle."""

    def __init__(self, losses):
        self.container = self
        self.outputs = iter([*losses, f"yes\n{outside.END}\n".encode()])

    def exec_run(self, *_, **__):
        return SimpleNamespace(output=next(self.outputs))


def test_an_output_that_the_engine_loses_is_asked_for_again():
    assert outside.Outside(Lossy([b"", b"y"])).ask("") == "yes\n"


def test_an_output_that_stays_lost_is_no_answer():
    with pytest.raises(PlimsollError, match="the engine gives no output"):
        outside.Outside(Lossy([b""] * outside.TRIES)).ask("")
