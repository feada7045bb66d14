"""Rules about how an image says it is to be started, and by whom."""

import pytest

from plimsoll.findings import forbid
from plimsoll.images import accounts, programs

NO_LOGIN = ("/nologin", "/false", "/sync", "/shutdown", "/halt")
ROOMLESS = {"", "/", "/nonexistent", "/dev/null", "/var/empty", "/proc"}
"""Homes of users that have none."""

LATER = ("/tmp/", "/var/tmp/", "/run/", "/dev/shm/")  # noqa: S108 - the image's
"""Where a program may be that is made only once the container runs."""


@pytest.mark.started
def test_runs_as_a_numeric_non_root_user(facts):
    """Root in a container is root on the host once anything leaks; a number needs no /etc/passwd to be checked."""
    user = facts.user.partition(":")[0]
    found = []
    if not user.isdecimal():
        found.append(("", f"it runs as {facts.user or 'root'!r}"))
    elif int(user) == 0:
        found.append(("", f"it runs as root (USER {facts.user})"))
    forbid(found, mend="end its Dockerfile with a number above 0, such as `USER 65532:65532`, which tells it from root")


@pytest.mark.started
def test_user_fits_its_home_and_files(facts):
    """A user who may not start the program, or whose home is not there, meets it only where the image is deployed."""
    forbid(
        _misfits(facts, accounts.user(facts)),
        mend="copy with `--chown` or `--chmod` what the user needs; make its home, or say /nonexistent in /etc/passwd",
    )


def _misfits(facts, who):
    if who is None:
        return [("", f"/etc/passwd and /etc/group don't know its user {facts.user!r}, so that it can't be started")]
    started = filter(None, (programs.which(facts, word) for words in _commands(facts) for word in words[:1]))
    found = [
        (entry.shown, f"user {who.uid} may not start it: {why}")
        for entry in dict.fromkeys(started)
        if (why := accounts.forbidden(facts, entry.path, who))
    ]
    if why := accounts.forbidden(facts, facts.directory, who):
        found.append((facts.directory, f"user {who.uid} may not enter the directory that it starts in: {why}"))
    if who.account and who.uid and not who.account.shell.endswith(NO_LOGIN) and who.account.home not in ROOMLESS:
        home = facts.find(who.account.home)
        if home is None:
            found.append((who.account.home, f"it is the home of user {who.uid} and is not there"))
        elif home.uid != who.uid:
            found.append((home.shown, f"it is the home of user {who.uid} and belongs to user {home.uid}"))
    return found


def _commands(facts):
    return facts.entrypoint, programs.health_command(facts)


@pytest.mark.started
def test_entrypoint_is_in_exec_form(facts):
    """A shell as the first process keeps signals from the program, so that it is killed instead of stopped."""
    words = facts.entrypoint
    found = []
    if not words:
        found.append(("", "it has neither ENTRYPOINT nor CMD"))
    elif (line := programs.shell_line(facts, words)) and not line.startswith("exec "):
        found.append(("", f"a shell starts it: `{line[:100]}`"))
    forbid(found, mend='say what it runs as a JSON array, `ENTRYPOINT ["/app"]`')


@pytest.mark.started
def test_entrypoint_program_exists(facts):
    """A program that is misspelt, not in PATH, not executable or a script without its interpreter never starts."""
    words = facts.entrypoint
    # Of a shell in front of it, and whether there is one, other rules speak.
    why = programs.obstacle(facts, words[0]) if words and not programs.shell_line(facts, words) else ""
    forbid([("", why)] if why else [], mend="copy it there, name it by its whole path, make it executable")


@pytest.mark.serves
@pytest.mark.deployed
def test_has_a_health_check(facts):
    """A server that hangs looks like one that works, to all but a check that asks it."""
    found = [] if facts.health_check else [("", "it serves and has no HEALTHCHECK")]
    forbid(found, mend='let a program in the image ask it: `HEALTHCHECK CMD ["/app", "healthcheck"]`')


def test_health_check_program_exists(facts):
    """A check whose program is not in the image says `unhealthy` of every container: most often curl, in a slim one."""
    words = programs.health_command(facts)
    wanted = dict.fromkeys(filter(None, [*words[:1], programs.first(programs.shell_line(facts, words))]))
    found = [("", why) for word in wanted if not word.startswith(LATER) and (why := programs.obstacle(facts, word))]
    forbid(found, mend="check with a program that the image has: the server's own, or a static probe beside it")
