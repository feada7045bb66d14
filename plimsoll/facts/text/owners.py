"""Named volumes whose owner the program is not: mounted where the image has no folder, or one of root's."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from plimsoll import references
from plimsoll.facts.text import services, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.composition import Composition
    from plimsoll.facts.text.services import Build
    from plimsoll.parsing.instructions import Instruction

PLAIN = {"alpine", "busybox", "debian", "golang", "node", "python", "ruby", "rust", "scratch", "ubuntu"}
"""Official images that have no folder of another user's, but for those below."""

OTHERS = ("/dev", "/home", "/run", "/tmp", "/var/mail", "/var/tmp")  # noqa: S108 - paths in an image
"""Where they have, or may have."""

GIVES = re.compile(
    r"(?<![\w-])(?:adduser|chgrp|chmod|chown|cp|git|install|mv|rsync|setfacl|tar|useradd|usermod)(?![\w-])"
)
"""What may give a folder to somebody."""

HERE = re.compile(r"\$|(?<!\S)(?:\.{1,2}(?:/\S*)?|\S*\*\S*)(?!\S)")
"""What may mean any folder: a variable, the folder where it is done, a wildcard."""

SUPERUSER = {"", "0", "root"}


def foreign(composition: Composition) -> Iterator[tuple[str, str]]:
    """The services that can't write to a volume of theirs: where that is mounted, and what it is."""
    mounts: dict[str, list[tuple[str, str]]] = {}
    for name, spec in composition.services.items():
        for target, mount in services.mounted(spec).items():
            if mount["type"] == "volume" and mount.get("source"):
                mounts.setdefault(mount["source"], []).append((name, "" if _is_special(mount) else target))
    for volume, users in mounts.items():
        given = (composition.document.get("volumes") or {}).get(volume) or {}
        # Whoever mounts it first decides whose it is.
        if given.get("external") or given.get("driver_opts") or given.get("driver", "local") != "local":
            continue
        if all(target and _is_foreign(composition, name, target) for name, target in users):
            for name, target in users:
                what = f"{name} runs as {_user(composition, name)}, and its volume {volume} is root's"
                place = composition.place(name, "volumes", (f"{volume}:{target}", target))
                yield place, f"{what}: its image has no {target} of that user's"


def _is_special(mount: dict[str, Any]) -> bool:
    return bool(mount.get("read_only") or (mount.get("volume") or {}).get("subpath"))


def _is_foreign(composition: Composition, service: str, target: str) -> bool:
    """Whether a folder of a service's image is surely root's, or not there, and the service surely not root."""
    build = services.build(composition, service)
    if build is None:
        return False
    base = references.parse(build.base)
    plain = base.repository in PLAIN and not any(PurePosixPath(target).is_relative_to(each) for each in OTHERS)
    user = _user(composition, service)
    return plain and user.partition(":")[0] not in SUPERUSER and "$" not in user and not _may_be_given(build, target)


def _user(composition: Composition, service: str) -> str:
    given = composition.services[service].get("user")
    build = services.build(composition, service)
    said = [each.arguments for each in build.instructions if each.keyword == "USER"] if build else []
    return str(given if given is not None else said[-1] if said else "").strip("\"'")


def _may_be_given(build: Build, target: str) -> bool:
    """Whether any step may make a folder for another than root, or may give it to somebody."""
    folder, user = PurePosixPath("/"), ""
    for each in build.instructions:
        if each.keyword == "USER":
            user = each.arguments.partition(":")[0].strip()
        elif each.keyword == "WORKDIR":
            folder = folder / each.arguments.strip("\"'")
            if "$" in each.arguments or (user not in SUPERUSER and folder.is_relative_to(target)):
                return True
        elif each.keyword in {"ADD", "COPY"}:
            if _copies(each, folder, target):
                return True
        elif each.keyword == "RUN":
            said = [" ".join(command.words) for command in steps.commands(each)]
            if any(_gives(line, target) for line in said if user not in SUPERUSER or GIVES.search(line)):
                return True
        elif each.keyword in {"ONBUILD", "SHELL"}:
            return True
    return False


def _gives(command: str, target: str) -> bool:
    """Whether a command that may give folders to somebody speaks of this one."""
    words = {target, *_beside(target)}
    return HERE.search(command) is not None or any(re.search(rf"{re.escape(word)}(?![\w-])", command) for word in words)


def _copies(copy: Instruction, folder: PurePosixPath, target: str) -> bool:
    """Whether a COPY or ADD may make a folder for another than root."""
    to = folder / (copy.words[-1] if copy.words else "")
    touches = to.is_relative_to(target) or PurePosixPath(target).is_relative_to(to) or "$" in str(to)
    return touches and bool(copy.flag("chown") or copy.flag("from") or copy.flag("chmod") or copy.keyword == "ADD")


def _beside(target: str) -> Iterator[str]:
    """Words that may mean a folder: its own name, and the folders that it is in."""
    path = PurePosixPath(target)
    yield path.name
    yield from (str(each) for each in path.parents if str(each) != "/")
