"""What a container does, seen from outside of it: its processes, sockets and memory, with no tool in its image."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plimsoll.containers import container
from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.containers.container import Container

LISTENS = {"tcp": "0A", "udp": "07"}
"""The kernel's number of the state in which a socket waits for anybody."""

LOOPBACK = re.compile(r"(0{24}|0{16}FFFF0{4}|)[0-9A-F]{6}7F|0{24}01000000")
"""127.0.0.0/8, as it is or in IPv6, and ::1, as the kernel writes them."""

EPHEMERAL = 32768
"""The first port that the kernel gives to a socket which did not ask for one."""

MEMBERS = """
members() {
    space=$(readlink /proc/$1/ns/pid | sed 's/[][]/\\\\&/g')
    find /proc/[0-9]*/ns/pid -maxdepth 0 -lname "$space" 2>/dev/null | cut -d/ -f3
}
"""
"""A shell function: the processes that share a process's own process namespace, which are those of its container."""

END = "-- the end --"
"""What ends all that a script prints, so that an output which was lost on its way is told from an empty one."""

TRIES = 3
"""How often a script is asked whose output does not arrive."""

LOG = re.compile(r"(\.log(\.\d+)?|[_-]log|/logs?/[^/]+)$")
"""What people call the files that they log into."""


@dataclass(frozen=True)
class Process:
    """One process of a container, with the numbers that the machine gives it.

    Attributes:
        pid: its number.
        parent: its parent's.
        state: the kernel's letter for it, `Z` for one that has ended and was not waited for.
        name: its program's name.

    """

    pid: int
    parent: int
    state: str
    name: str


class Outside:
    """A helper on the machine's own processes, from which every container is seen whole."""

    def __init__(self, helper: Container) -> None:
        self._helper = helper

    def run(self, script: str, *arguments: object) -> str:
        """What a script prints that is run beside all containers, with its arguments as $1, $2, ..."""
        words = ["bash", "-c", MEMBERS + script, "bash", *map(str, arguments)]
        output: Any = self._helper.container.exec_run(words, stderr=False).output
        return str(output.decode(errors="replace"))

    def ask(self, script: str, *arguments: object) -> str:
        """What a script prints that changes nothing, to its end.

        Raises:
            PlimsollError: the engine does not give its whole output, however often it is asked.

        """
        for _ in range(TRIES):
            said, whole, _ = self.run(f"{script}\necho '{END}'", *arguments).partition(END)
            if whole:
                return said
        raise PlimsollError("the engine gives no output of a helper's commands", "see that the machine is less busy")

    def processes(self, of: Container) -> list[Process]:
        """Its processes."""
        script = """for pid in $(members $1); do cat /proc/$pid/stat 2>/dev/null; done"""
        return [
            Process(int(match[1]), int(match[4]), match[3], match[2])
            for match in re.finditer(r"^(\d+) \((.*)\) (\w) (\d+)", self.ask(script, _first(of)), re.MULTILINE)
        ]

    def signal(self, of: Container, name: str) -> None:
        """Send a signal to its first process and all that stem from it, twice, for those that come meanwhile.

        A probe of its health stems from the engine: frozen while it starts, it would keep the engine waiting.
        """
        for _ in range(2):
            members = self.processes(of)
            family = {_first(of)}
            while more := {each.pid for each in members if each.parent in family} - family:
                family |= more
            self.run('kill -"$@"', name, *family)

    def kill(self, of: Container) -> None:
        """Kill its first process as the kernel would: a kill through the engine counts as a wish to have it stopped."""
        self.run("kill -KILL $1", _first(of))

    def orphan(self, of: Container) -> None:
        """Leave it a process whose parent has ended, and which ends soon."""
        self.run("nsenter --target $1 --pid -- sh -c 'sleep 0.1 & exit 0'", _first(of))

    def listening(self, of: Container) -> set[str]:
        """The ports on which it can be reached from elsewhere, such as `8080/tcp`."""
        script = 'cd /proc/$1/net && for kind in tcp tcp6 udp udp6; do sed "s/^/$kind /" $kind; done'
        return set(ports(self.ask(script, _first(of))))

    def log_files(self, of: Container) -> set[str]:
        """The files that it holds open to write to and that are called a log."""
        script = """
            for pid in $(members $1); do
                for open in /proc/$pid/fd/*; do
                    echo "$(sed -n 's/^flags:\\s*//p' /proc/$pid/fdinfo/${open##*/}) $(readlink $open)"
                done
            done"""
        rows = re.findall(r"^0*(\d+) (/.*)$", self.ask(script, _first(of)), re.MULTILINE)
        return {path for flags, path in rows if int(flags, 8) & 0o3 and LOG.search(path)}

    def memory(self, of: Container) -> tuple[int, int]:
        """The most bytes that it ever held, and how many of its processes were killed for want of more."""
        script = """
            cd /proc/$1/root/sys/fs/cgroup
            cat memory.peak memory/memory.max_usage_in_bytes
            grep -hs '^oom_kill ' memory.events memory/memory.oom_control"""
        said = self.ask(script, _first(of)).split()
        return int(next((word for word in said if word.isdigit()), 0)), int(said[-1]) if "oom_kill" in said else 0

    def answers_itself(self, of: Container, path: str, timeout: float) -> bool:
        """Whether it comes to answer on its own loopback address, where no network leads to it.

        Args:
            of: the container.
            path: what to ask for by HTTP; empty where it is enough that it accepts a connection.
            timeout: seconds that it may take.

        """
        # A process that has ended takes its /proc with it, which ends the loop.
        script = """
            timeout $4 nsenter --target $1 --net -- bash -c '
                while [ -e /proc/$1/stat ]; do
                    if (exec 3<>/dev/tcp/127.0.0.1/$2) 2>/dev/null; then
                        [ -n "$3" ] || { echo yes; break; }
                        exec 3<>/dev/tcp/127.0.0.1/$2
                        printf "GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n" "$3" >&3
                        read -r -t 5 answer <&3
                        case "$answer" in HTTP/*) echo yes; break ;; esac
                    fi
                    sleep 0.05
                done' bash $1 $2 "$3"
        """
        return "yes" in self.ask(script, _first(of), of.port, path, timeout)


def _first(of: Container) -> int:
    """The machine's number of a container's first process."""
    return int(of.state()["Pid"])


def ports(table: str) -> Iterator[str]:
    """The ports on which anybody is waited for, by the kernel's tables of sockets."""
    for line in table.splitlines():
        kind, _, local, remote, state, *_ = [*line.split(), *[""] * 5]
        address, _, port = local.partition(":")
        kind = kind[:3]
        if state != LISTENS.get(kind) or not remote.endswith(":0000") or LOOPBACK.fullmatch(address):
            continue
        # A client's own socket, such as one that asks for names, waits as a server's does.
        if kind == "udp" and int(port, 16) >= EPHEMERAL:
            continue
        yield f"{int(port, 16)}/{kind}"


@contextmanager
def looking() -> Iterator[Outside]:
    """A helper for the length of a block."""
    options: dict[str, Any] = {"pid_mode": "host", "privileged": True, "network_mode": "none", "init": True}
    with container.started(container.HELPER, command=["sleep", "infinity"], **options) as helper:
        yield Outside(helper)
