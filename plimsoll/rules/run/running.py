"""Rules about a container that serves: what it answers, what it says of its health, and the traces it leaves."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from plimsoll.errors import DependentError, NotJudgedError
from plimsoll.facts.image import accounts, stepping_down
from plimsoll.facts.run import complaints
from plimsoll.facts.text import healthcheck
from plimsoll.findings import broken_at
from plimsoll.paths import clean, parents, show
from plimsoll.rule import Level, rule
from plimsoll.units import show_size

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image
    from plimsoll.facts.run.experiments import MemoryUse
    from plimsoll.facts.run.health import Frozen, Health
    from plimsoll.facts.run.side_effects import SideEffects
    from plimsoll.facts.run.trial import Answers
    from plimsoll.findings import Finding
    from plimsoll.subject import Variant


PASSING = ("/run/", "/var/run/", "/var/cache/", "/var/lib/", "/var/tmp/")  # noqa: S108 - the container's
"""Where programs keep what they need while they run, each in a folder of its own."""

AS_ROOT = "runs_as_a_numeric_non_root_user"

CRASHED = {126, 127, 128 + signal.SIGILL, 128 + signal.SIGABRT, 128 + signal.SIGFPE}
CRASHED |= {128 + signal.SIGBUS, 128 + signal.SIGSEGV}
"""Exit codes of what could not be run, or died of a fault of its own: whatever it was not given, it is broken."""


@rule(Level.ERROR, serves=True)
def answers_its_endpoints(subject: Variant, answers: Answers) -> list[Finding]:
    """An image is there for what it answers; everything else is packaging."""
    if answers.problem and subject.unknown:
        return _does_not_serve(answers)
    return broken_at(answers.failures, fix="fix the app, or what plimsoll.toml promises of it")


def _does_not_serve(answers: Answers) -> list[Finding]:
    """A stranger's server that does not serve: broken, or not given what nobody here knows."""
    if answers.starved:
        raise NotJudgedError(f"it was killed for want of memory, {answers.problem}")
    if answers.code not in CRASHED and (missed := complaints.wanted(answers.said)):
        raise NotJudgedError(
            f"it does not serve and says `{missed[:200]}`\n"
            "give it what it asks for: --env NAME=VALUE, or [environment] in plimsoll.toml"
        )
    what = "what its last lines tell" if answers.said.strip() else "it"
    fix = f"fix {what}, so that `docker run` of the image alone serves"
    if answers.code == 0:
        fix = "let it stay in the foreground; if it is none, EXPOSE nothing, or say `serves = false` in plimsoll.toml"
    return broken_at(answers.failures, fix=fix)


@rule(Level.ERROR, serves=True, production=True)
def turns_healthy(image: Image, answers: Answers, health: Health) -> list[Finding]:
    """Compose and Swarm send traffic, and restart, by the image's own health check."""
    asked = healthcheck.ports(image.health_check)
    elsewhere = ""
    if asked and answers.port and answers.port not in asked:
        elsewhere = f" (it asks port {', '.join(map(str, sorted(asked)))}, and the server listens on {answers.port})"
    # Of a traceback, the last line is what went wrong.
    said = next((line.strip() for line in reversed(health.said.splitlines()) if line.strip()), "(no word)")
    check = {
        "starting": "it serves, and its HEALTHCHECK has not said yet that it does",
        "unhealthy": f"it serves, and its HEALTHCHECK says that it does not: {said[-500:]}",
    }
    found = [("", check[health.status] + elsewhere)] if health.status in check else []
    return broken_at(
        found, fix="ask the server for what it serves, at the address and under the port that it listens on"
    )


@rule(Level.WARNING, serves=True, production=True)
def turns_unhealthy_when_it_hangs(frozen: Frozen, deserted: bool) -> list[Finding]:
    """The kernel goes on accepting a hanging server's connections: only a check that waits for an answer finds out."""
    found = []
    if deserted:
        found.append(("", "its HEALTHCHECK passes in a container in which the server does not run at all"))
    if frozen.during == "healthy":
        found.append(("", "all its processes were frozen, and its HEALTHCHECK went on saying that it is well"))
    if frozen.after != frozen.before:
        found.append(("", f"it was {frozen.before} before it was frozen and stayed {frozen.after} when it ran again"))
    return broken_at(
        found, fix="let the check ask the server itself, with a time limit, and fail unless the answer is good"
    )


@rule(Level.WARNING, serves=True, production=True)
def listens_on_what_it_exposes(image: Image, side_effects: SideEffects) -> list[Finding]:
    """EXPOSE is what people read to know which ports to open; a port that it does not name is open by accident."""
    listening = set(side_effects.listening)
    # What a base exposes can't be taken back.
    idle = image.exposed - image.inherited_ports - listening
    found = [("", f"it listens on {port} and does not expose it") for port in sorted(listening - image.exposed)]
    found += [("", f"it exposes {port} and does not listen on it") for port in sorted(idle)]
    return broken_at(
        found, fix="EXPOSE the ports that it listens on and no others; what is only for itself goes on 127.0.0.1"
    )


@rule(Level.WARNING, serves=True, production=True)
def works_as_another_user_than_root(image: Image, side_effects: SideEffects) -> list[Finding]:
    """What begins as root is safe where the processes that do its work are somebody else's; only they tell."""
    who = accounts.user(image)
    if who is None:
        raise DependentError(f"its user has no number: image.{AS_ROOT} says so", AS_ROOT)
    if who.uid:
        return []
    if not side_effects.workers:
        raise NotJudgedError("none of its processes was seen at work: which user's they are is not known")
    roots = [line for line, uid in side_effects.workers if not uid]
    if len(roots) < len(side_effects.workers):
        return []
    if not (how := stepping_down.how(image)):
        raise DependentError(f"it is root's from the start: image.{AS_ROOT} says so", AS_ROOT)
    if stepping_down.is_for_each(image):
        return []
    return broken_at(
        ((line, f"works as root, though {how}") for line in dict.fromkeys(roots)),
        fix="end its Dockerfile with a number above 0, such as `USER 65532:65532`, or have what it begins with always "
        "take another user",
    )


@rule(Level.NOTE, serves=True, production=True)
def writes_only_where_it_may(subject: Variant, image: Image, side_effects: SideEffects) -> list[Finding]:
    """What is written into a container is lost with it, and can't be written where the root is read-only."""
    return broken_at(
        (
            (path, "written while it served")
            for path in side_effects.changes
            if not (_is_made_for_it(image, path) or subject.expected.is_writable(path))
        ),
        fix="write to a volume what must last and to /tmp what need not, and do at build time what can be done then; "
        "`writable` in plimsoll.toml names the folders that whoever runs it mounts",
    )


def _is_made_for_it(image: Image, path: str) -> bool:
    """Whether a path lies in a folder for passing files that was given to the user who is not root."""
    who = accounts.user(image)
    if who is None or who.uid == 0 or not path.startswith(PASSING):
        return False
    owned = (image.find(show(step)) for step in parents(clean(path)))
    return any(folder and folder.uid == who.uid for folder in owned)


@rule(Level.WARNING, serves=True, production=True)
def logs_on_stdout_and_stderr(side_effects: SideEffects) -> list[Finding]:
    """Whoever runs a container collects its output; a log file in it is seen by nobody and grows until it is full."""
    return broken_at(
        ((path, "it logs into this file") for path in sorted(side_effects.log_files)),
        fix="log to standard output or standard error; a server that knows only files takes /dev/stdout",
    )


@rule(Level.WARNING, serves=True, production=True)
def reaps_its_children(side_effects: SideEffects) -> list[Finding]:
    """Process 1 inherits what loses its parent; if it never waits for them, the dead fill the process table."""
    return broken_at(
        (("", f"`{name}` has ended, and its process 1 does not wait for it") for name in side_effects.zombies),
        fix="let the server itself be process 1 (`exec` in a script that starts it), or run with an init: `--init`",
    )


@rule(Level.ERROR, serves=True, production=True, endpoints=True)
def stays_inside_its_memory_limit(under_memory_limit: MemoryUse) -> list[Finding]:
    """A limit keeps one service from taking the machine down; what needs more is killed when it is busiest."""
    found = []
    limit = show_size(under_memory_limit.limit)
    if under_memory_limit.killed:
        found.append(
            (
                "",
                f"within {limit} it lost {under_memory_limit.killed} processes for want of memory",
            )
        )
    elif under_memory_limit.problem:
        found.append(("", f"within {limit} it does not serve, {under_memory_limit.problem}"))
    return broken_at(
        found, fix="let it hold less (fewer workers, smaller caches), or promise more: `memory` in plimsoll.toml"
    )
