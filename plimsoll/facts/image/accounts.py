"""The users and groups of an image, and what its files let them do."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from plimsoll.paths import parents, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.image.image import Image
    from plimsoll.facts.image.layer import Entry

PASSWD = "/etc/passwd"  # noqa: S105 - a file
GROUP = "/etc/group"
SHADOW = "/etc/shadow"
SHELLS = "/etc/shells"

EXECUTE, WRITE, READ = 1, 2, 4
"""What somebody may do with a file, as the kernel counts it."""


class Account(NamedTuple):
    """A line of /etc/passwd."""

    line: int
    name: str
    password: str
    uid: int
    gid: int
    home: str
    shell: str


class Group(NamedTuple):
    """A line of /etc/group."""

    line: int
    name: str
    gid: int
    members: tuple[str, ...]


class User(NamedTuple):
    """Whom a container runs as.

    Attributes:
        uid: its number.
        gids: those of its groups.
        account: its line of /etc/passwd, None where it has none.

    """

    uid: int
    gids: frozenset[int]
    account: Account | None


def _rows(image: Image, file: str, fields: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(image.text(file).splitlines(), 1):
        row = line.split(":")
        if len(row) >= fields and not line.startswith(("#", "+", "-")):
            yield number, row


def accounts(image: Image) -> list[Account]:
    """Its users."""
    return [
        Account(number, row[0], row[1], int(row[2]), int(row[3]), row[5], row[6].strip())
        for number, row in _rows(image, PASSWD, 7)
        if row[2].isdecimal() and row[3].isdecimal()
    ]


def groups(image: Image) -> list[Group]:
    """Its groups."""
    return [
        Group(number, row[0], int(row[2]), tuple(filter(None, row[3].strip().split(","))))
        for number, row in _rows(image, GROUP, 4)
        if row[2].isdecimal()
    ]


def shells(image: Image) -> list[str]:
    """The shells that its users may have, by path."""
    lines = [line.strip() for line in image.text(SHELLS).splitlines()]
    return [line for line in lines if line.startswith("/")]


def passwords(image: Image) -> Iterator[tuple[str, str, str]]:
    """The password field of every user: the file and line, the user's name, the field."""
    for account in accounts(image):
        yield f"{PASSWD}:{account.line}", account.name, account.password
    for number, row in _rows(image, SHADOW, 2):
        yield f"{SHADOW}:{number}", row[0], row[1]


def user(image: Image) -> User | None:
    """Whom a container of the image runs as, None where its files don't know the name."""
    name, _, group = image.user.partition(":")
    known = accounts(image)
    account = next((each for each in known if (name or "0") in {each.name, str(each.uid)}), None)
    if account is None and name and not name.isdecimal():
        return None
    gids = {each.gid for each in groups(image) if account and account.name in each.members and not group}
    if group:
        given = next((each.gid for each in groups(image) if each.name == group), None)
        if given is None and not group.isdecimal():
            return None
        gids.add(int(group) if given is None else given)
    else:
        gids.add(account.gid if account else 0)
    return User(account.uid if account else int(name or 0), frozenset(gids), account)


def forbidden(image: Image, path: str, who: User, right: int = EXECUTE) -> str:
    """What keeps a user from starting, reading or writing what a path leads to: the first step; empty for nothing."""
    found = image.find(path)
    if found is None or who.uid == 0:
        return ""
    for step in (*parents(found.path), found.path):
        # A directory that no layer names is made with the mode 755.
        entry = image.files[step][0] if step in image.files else None
        if entry and not entry.mode & _bits(entry, who, right if step == found.path else EXECUTE):
            return _shown(entry)
    return ""


def forbidden_to_make(image: Image, path: str, who: User) -> str:
    """What keeps a user from writing a file, or making it and its folder; empty for nothing."""
    if image.find(path):
        return forbidden(image, path, who, WRITE)
    folder = image.tree.resolved(posixpath.dirname(path))
    while folder and not image.find(folder) and not any(each.startswith(f"{folder}/") for each in image.files):
        folder = posixpath.dirname(folder)
    if who.uid and (not folder or image.find(folder) is None):
        return f"{show(folder)} has mode 755 and belongs to 0:0"
    return forbidden(image, folder, who, WRITE)


def shut(image: Image, who: User) -> Iterator[Entry]:
    """The directories whose names a user may list and in which nothing can be opened: copied with a file's mode."""
    for path, (entry, _) in image.files.items():
        listed = entry.kind == "directory" and who.uid and entry.mode & _bits(entry, who, READ)
        closed = listed and not entry.mode & _bits(entry, who, EXECUTE)
        if closed and any(each.startswith(f"{path}/") for each in image.files):
            yield entry


def _shown(entry: Entry) -> str:
    return f"{entry.shown} has mode {entry.mode:o} and belongs to {entry.uid}:{entry.gid}"


def _bits(entry: Entry, who: User, right: int) -> int:
    if entry.uid == who.uid:
        return right << 6
    return right << 3 if entry.gid in who.gids else right
