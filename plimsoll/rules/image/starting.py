"""Rules about how an image says it is to be started, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.build import workdir
from plimsoll.facts.image import accounts, capabilities, commands, programs, stepping_down
from plimsoll.findings import broken_at
from plimsoll.paths import parents, show
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.facts.build.asked import Search
    from plimsoll.facts.image.accounts import User
    from plimsoll.facts.image.image import Image
    from plimsoll.findings import Finding
    from plimsoll.subject import Variant


PRIVILEGED_PORTS = "cap_net_bind_service"
FIRST_FREE_PORT = 1024
"""From which on a port needs no capability."""

LATER = ("/tmp/", "/var/tmp/", "/run/", "/dev/shm/")  # noqa: S108 - the image's
"""Where a program may be that is made only once the container runs."""


@rule(Level.WARNING, started=True, decided_by="works_as_another_user_than_root")
def runs_as_a_numeric_non_root_user(image: Image) -> list[Finding]:
    """Root in a container is root on the host once anything leaks; a number needs no /etc/passwd to be checked."""
    who, name = accounts.user(image), image.user.partition(":")[0]
    found = []
    if who is None:
        found.append(("", f"it runs as {image.user!r}, whose number /etc/passwd does not tell"))
    elif who.uid == 0 and not stepping_down.how(image):
        found.append(
            ("", f"it runs as root (USER {image.user})" if name.isdecimal() else f"it runs as {name or 'root'!r}")
        )
    return broken_at(
        found, fix="end its Dockerfile with a number above 0, such as `USER 65532:65532`, which tells it from root"
    )


@rule(Level.ERROR, started=True)
def user_fits_its_home_and_files(subject: Variant, image: Image, asked: Search) -> list[Finding]:
    """A user who may not start the program, read its files or write where it writes meets it only once deployed."""
    who = accounts.user(image)
    found = [] if who is None else [*_misfits(image, who), *_out_of_reach(subject, image, asked, who)]
    if who is None:
        unknown = f"/etc/passwd and /etc/group don't know its user {image.user!r}, so that it can't be started"
        found = [("", unknown)]
    return broken_at(
        found,
        fix="copy with `--chown` or a `--chmod` that leaves folders their x, and make what it writes to before USER: "
        "`RUN install -d -o 10001 /data`",
    )


def _misfits(image: Image, who: User) -> list[tuple[str, str]]:
    started = filter(None, (programs.which(image, word) for words in _commands(image) for word in words[:1]))
    found = [
        (entry.shown, f"user {who.uid} may not start it: {why}")
        for entry in dict.fromkeys(started)
        if (why := accounts.forbidden(image, entry.path, who))
    ]
    if why := accounts.forbidden(image, image.directory, who):
        found.append((image.directory, f"user {who.uid} may not enter the directory that it starts in: {why}"))
    return found


def _out_of_reach(subject: Variant, image: Image, asked: Search, who: User) -> list[tuple[str, str]]:
    shut = {each.path: each for each in accounts.shut(image, who)}
    found = [
        (each.shown, f"user {who.uid} may open nothing in it: it has mode {each.mode:o}, without x")
        for each in shut.values()
        if not any(folder in shut for folder in parents(each.path))
    ]
    for entry, by in asked.read():
        if not any(folder in shut for folder in parents(entry.path)):
            why = accounts.forbidden(image, entry.path, who, accounts.READ)
            found += [(entry.shown, f"{by} asks for it, and user {who.uid} may not read it: {why}")] if why else []
    for path, each in asked.written.items():
        why = "" if subject.expected.is_writable(show(path)) else accounts.forbidden_to_make(image, path, who)
        if why:
            found.append((show(path), f"{each.by} writes it, and user {who.uid} may not: {why}{_made(image, path)}"))
    return found


def _made(image: Image, path: str) -> str:
    """How a folder that a program writes to came to be root's, where that is told."""
    folder = next((each for each in reversed(parents(path)) if each in image.files), "")
    number = next((n for n, part in enumerate(image.layers) if folder and part is image.files[folder][1]), None)
    made = "" if number is None else image.instructions[number]
    return f", made by `{made}` for root, whatever USER stands above it" if made.startswith("WORKDIR") else ""


def _commands(image: Image) -> tuple[list[str], list[str]]:
    return image.entrypoint, programs.health_command(image)


@rule(Level.WARNING, started=True)
def working_directory_is_its_users_with_any_builder(subject: Variant, image: Image, asked: Search) -> list[Finding]:
    """BuildKit makes a WORKDIR for the user that stands above it, older builders for root: then its writes fail."""
    made = workdir.of(subject.dockerfile, subject.stage, image, asked) if subject.file else ()
    found = [
        (
            subject.dockerfile.place(each.line),
            f"{each.by} writes {each.written}: without BuildKit, this makes {each.path} for root, not for {each.user}",
        )
        for each in made
        if not subject.expected.is_writable(each.written)
    ]
    return broken_at(
        found,
        fix="make it before USER, `RUN install -d -o 10001 /data`, or let `COPY --chown` make it",
    )


@rule(Level.WARNING, started=True)
def entrypoint_is_in_exec_form(image: Image) -> list[Finding]:
    """A shell as the first process keeps signals from the program, and arguments too: CMD is lost on it."""
    words = image.entrypoint
    found = []
    if not words:
        found.append(("", "it has neither ENTRYPOINT nor CMD"))
    elif (line := programs.shell_line(image, words)) and not line.startswith("exec "):
        none = ", and the image has none" if programs.obstacle(image, words[0]) else ""
        found.append(("", f"a shell starts it{none}: `{line[:100]}`"))
    if lost := commands.dropped(image):
        found.append(
            ("", f"its CMD {lost} never reaches the program: its ENTRYPOINT is a shell's line that takes none")
        )
    return broken_at(found, fix='say what it runs as a JSON array, `ENTRYPOINT ["/app"]`')


@rule(Level.ERROR, started=True)
def entrypoint_program_exists(image: Image) -> list[Finding]:
    """A program that is misspelt, not in PATH, not executable or a script without its interpreter never starts."""
    found = [
        ("", why)
        for word, by_shell in commands.started(image)
        if not word.startswith(LATER) and (why := programs.obstacle(image, word, by_shell=by_shell))
    ]
    return broken_at(found[:1], fix="copy it there, name it by its whole path, make it executable")


@rule(Level.WARNING, started=True, production=True)
def starts_without_capabilities(image: Image) -> list[Finding]:
    """The kernel starts a program with all of its file capabilities or not at all, however little it needs them."""
    found = []
    for entry in dict.fromkeys(filter(None, (programs.which(image, word) for word in programs.first_words(image)))):
        given = capabilities.of(image, entry)
        if given is None or not given.effective:
            continue
        if given.names == (PRIVILEGED_PORTS,) and min(image.ports, default=FIRST_FREE_PORT) < FIRST_FREE_PORT:
            continue  # it listens on such a port, and says so
        why = "where its capabilities are dropped, it is not permitted to start"
        found.append((entry.shown, f"it has the file capability {', '.join(given.names)}: {why}"))
    return broken_at(
        found, fix="take it away, `setcap -r`: ports from 1024 need none, and engines give containers those below too"
    )


@rule(Level.NOTE, serves=True, production=True)
def has_a_health_check(image: Image) -> list[Finding]:
    """A server that hangs looks like one that works, to all but a check that asks it."""
    found = [] if image.health_check else [("", "it serves and has no HEALTHCHECK")]
    return broken_at(found, fix='let a program in the image ask it: `HEALTHCHECK CMD ["/app", "healthcheck"]`')


@rule(Level.ERROR)
def health_check_program_exists(image: Image) -> list[Finding]:
    """A check whose program is not in the image says `unhealthy` of every container: most often curl, in a slim one."""
    words = programs.health_command(image)
    line = programs.shell_line(image, words)
    wanted = dict.fromkeys(filter(None, [*words[:1], programs.first(line)]))
    found = [
        ("", why)
        for word in wanted
        if not word.startswith(LATER) and (why := programs.obstacle(image, word, by_shell=bool(line)))
    ]
    return broken_at(
        found, fix="check with a program that the image has: the server's own, or a static probe beside it"
    )
