"""What a container does, seen from outside of it: its processes, sockets and memory, with no tool in its image."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.run.container import Container
    from plimsoll.facts.run.helper import Helper

LISTENS = {"tcp": "0A", "udp": "07"}
"""The kernel's number of the state in which a socket waits for anybody."""

LOOPBACK = re.compile(r"(0{24}|0{16}FFFF0{4}|)[0-9A-F]{6}7F|0{24}01000000")
"""127.0.0.0/8, as it is or in IPv6, and ::1, as the kernel writes them."""

NAMES = "0B00007F"
"""127.0.0.11, where the engine itself answers for names in every container."""

EPHEMERAL = 32768
"""The first port that the kernel gives to a socket which did not ask for one."""

MEMBERS = """
members() {
    space=$(readlink /proc/$1/ns/pid | sed 's/[][]/\\\\&/g')
    find /proc/[0-9]*/ns/pid -maxdepth 0 -lname "$space" 2>/dev/null | cut -d/ -f3
}
"""
"""A shell function: the processes that share a process's own process namespace, which are those of its container."""

LONGEST_LINE = 80
"""Letters of a process's words that are shown."""

ROUNDS = 5
"""How often those are looked for that came while the others were sent a signal: of a fork bomb there is no end."""

SEPARATOR, END = "\x1f", "\x1e"
"""Between two of the things that are told of a process, and after the last of them."""

FAMILY = r"""
    # An engine may give containers users of their own. Within one's own such space the kernel tells of its parent.
    from=0 first=0 many=0
    [ "$(readlink /proc/$1/ns/user)" = "$(readlink /proc/self/ns/user)" ] || read -r first from many </proc/$1/uid_map
    waiting=
    for table in /proc/$1/net/tcp /proc/$1/net/tcp6; do
        while read -r _ _ _ state _ _ _ _ _ socket _; do
            [ "$state" != 0A ] || waiting="$waiting -o -lname socket:\[$socket]"
        done <$table
    done 2>/dev/null
    for pid in $(members $1); do
        { stat=$(</proc/$pid/stat) && status=$(</proc/$pid/status); } 2>/dev/null || continue
        [[ $status =~ Uid:[[:space:]]+[0-9]+[[:space:]]+([0-9]+) ]]; uid=${BASH_REMATCH[1]}
        ((uid < from || uid >= from + many)) || uid=$((uid - from + first))
        [[ $status =~ SigCgt:[[:space:]]+([0-9a-f]+) ]]; caught=${BASH_REMATCH[1]}
        listens=$([ -z "$waiting" ] || find /proc/$pid/fd -false $waiting 2>/dev/null | head -n 1)
        words=$(tr '\0\036\037' '\n  ' </proc/$pid/cmdline 2>/dev/null)
        printf '%s\037%s\037%s\037%s\037%s\036' "$stat" "$uid" "$caught" "${listens:+yes}" "$words"
    done"""
"""Tells of each process its state, user, handled signals, whether it holds a socket that waits, and its words.

The user is told as the container counts its users.
"""

STAT = re.compile(r"(\d+) \((.*)\) (\w) (\d+)", re.DOTALL)

LOG = re.compile(r"(?!.*/\d+\.log$).*(\.log(\.\d+)?|[_-]log|/logs?/[^/]+)$")
"""What people call the files that they log into; `000004.log` is a database's own, as of RocksDB or Kafka."""


@dataclass(frozen=True)
class Process:
    """One process of a container, with the numbers that the machine gives it.

    Attributes:
        pid: its number.
        parent: its parent's.
        state: the kernel's letter for it, `Z` for one that has ended and was not waited for.
        name: its program's name.
        words: its program and arguments.
        uid: the user that it runs as, by the container's own numbers; None where that was not looked at.
        caught: a bit for each signal that it handles.
        listens: whether it waits for connections.

    """

    pid: int
    parent: int
    state: str
    name: str
    words: tuple[str, ...] = ()
    uid: int | None = None
    caught: int = 0
    listens: bool = False

    @property
    def program(self) -> str:
        """What it was started as, without its folder."""
        return posixpath.basename(self.words[0].split(" ")[0]) if self.words else self.name

    @property
    def line(self) -> str:
        """Its words as people read them; the beginning of many."""
        text = " ".join(" ".join(self.words).split()) or self.name
        return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 3]}..."

    def handles(self, signal: int) -> bool:
        """Whether it handles a signal."""
        return bool(signal) and bool(self.caught >> (signal - 1) & 1)


class Outside:
    """The helper's view of the machine's own processes, from which every container is seen whole."""

    def __init__(self, helper: Helper) -> None:
        self._helper = helper

    def _ask(self, script: str, *arguments: object) -> str:
        return self._helper.run(MEMBERS + script, *arguments)

    def processes(self, of: Container) -> list[Process]:
        """Its processes."""
        script = """for pid in $(members $1); do cat /proc/$pid/stat 2>/dev/null; done"""
        return [
            Process(int(match[1]), int(match[4]), match[3], match[2])
            for match in re.finditer(r"^(\d+) \((.*)\) (\w) (\d+)", self._ask(script, of.process), re.MULTILINE)
        ]

    def family(self, of: Container) -> list[Process]:
        """Its processes, with all that is known of them."""
        return list(family(self._ask(FAMILY, of.process)))

    def signal(self, of: Container, name: str) -> None:
        """Send a signal to its first process and all that stem from it, those too that come meanwhile.

        A probe of its health stems from the engine: frozen while it starts, it would keep the engine waiting.
        """
        told: set[int] = set()
        for _ in range(ROUNDS):
            members = self.processes(of)
            family = {of.process}
            while more := {each.pid for each in members if each.parent in family} - family:
                family |= more
            if not family - told:
                return
            self._ask('kill -"$@"', name, *(family - told))
            told |= family

    def kill(self, of: Container) -> None:
        """Kill its first process as the kernel would: a kill through the engine counts as a wish to have it stopped."""
        self._ask("kill -KILL $1", of.process)

    def orphan(self, of: Container) -> None:
        """Leave it a process whose parent has ended, and which ends soon."""
        self._ask("nsenter --target $1 --pid -- sh -c 'sleep 0.1 & exit 0'", of.process)

    def sockets(self, of: Container) -> dict[str, bool]:
        """The ports on which it listens, such as `8080/tcp`, and whether it can be reached there from elsewhere."""
        script = 'cd /proc/$1/net && for kind in tcp tcp6 udp udp6; do sed "s/^/$kind /" $kind; done'
        found: dict[str, bool] = {}
        for port, reachable in ports(self._ask(script, of.process)):
            found[port] = reachable or found.get(port, False)
        return found

    def listening(self, of: Container) -> set[str]:
        """The ports on which it can be reached from elsewhere."""
        return {port for port, reachable in self.sockets(of).items() if reachable}

    def has_read(self, of: Container, timeout: float) -> bool:
        """Whether it comes to have read all that it was sent over the connections with its port.

        Args:
            of: the container.
            timeout: seconds that it may take.

        """
        script = """
            until sed -n "s/^ *[0-9]*: [0-9A-F]*:$2 [0-9A-F:]* 01 [0-9A-F]*:\\([0-9A-F]*\\) .*/\\1/p" \
                /proc/$1/net/tcp /proc/$1/net/tcp6 | sort | tail -n 1 | grep -q '^0*$'
            do
                [ $SECONDS -lt $3 ] || exit
                sleep 0.02
            done
            echo yes"""
        return "yes" in self._ask(f"({script})", of.process, f"{of.port:04X}", int(timeout))

    def log_files(self, of: Container) -> set[str]:
        """The files that it holds open to write to, that are called a log, and that hold text."""
        script = """
            for pid in $(members $1); do
                for open in /proc/$pid/fd/*; do
                    flags=$(sed -n 's/^flags:\\s*//p' /proc/$pid/fdinfo/${open##*/})
                    case "$(readlink $open)" in /*.log* | /*[_-]log | /*/log/* | /*/logs/*) ;;
                        *) continue ;;
                    esac
                    # The data of a database may be called so, too.
                    head -c 4096 $open 2>/dev/null | grep -qP '\\x00' && continue
                    echo "$flags $(readlink $open)"
                done
            done"""
        rows = re.findall(r"^0*(\d+) (/.*)$", self._ask(script, of.process), re.MULTILINE)
        return {path for flags, path in rows if int(flags, 8) & 0o3 and LOG.match(path)}

    def memory(self, of: Container) -> tuple[int, int]:
        """The most bytes that it ever held, and how many of its processes were killed for want of more."""
        script = """
            cd /proc/$1/root/sys/fs/cgroup
            cat memory.peak memory/memory.max_usage_in_bytes
            grep -hs '^oom_kill ' memory.events memory/memory.oom_control"""
        said = self._ask(script, of.process).split()
        return int(next((word for word in said if word.isdigit()), 0)), int(said[-1]) if "oom_kill" in said else 0


def family(told: str) -> Iterator[Process]:
    """Processes, as `FAMILY` tells of them."""
    for row in told.split(END)[:-1]:
        stat, uid, caught, listens, words = row.split(SEPARATOR, 4)
        if match := STAT.search(stat):
            pid, name, state, parent = match.groups()
            given = tuple(filter(None, words.split("\n")))
            yield Process(int(pid), int(parent), state, name, given, int(uid), int(caught, 16), bool(listens))


def ports(table: str) -> Iterator[tuple[str, bool]]:
    """The ports on which is waited, and whether for anybody, by the kernel's tables of sockets."""
    for line in table.splitlines():
        kind, _, local, remote, state, *_ = [*line.split(), *[""] * 5]
        address, _, port = local.partition(":")
        kind = kind[:3]
        if state != LISTENS.get(kind) or not remote.endswith(":0000") or address == NAMES:
            continue
        # A client's own socket, such as one that asks for names, waits as a server's does.
        if kind == "udp" and int(port, 16) >= EPHEMERAL:
            continue
        yield f"{int(port, 16)}/{kind}", not LOOPBACK.fullmatch(address)
