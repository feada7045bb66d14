"""Rules about what a deployed image holds that only serves whoever breaks in."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from plimsoll.facts.image import accounts, tools
from plimsoll.facts.image.base import together
from plimsoll.findings import broken_at
from plimsoll.parsing import shell
from plimsoll.paths import clean
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.facts.image.base import Base
    from plimsoll.facts.image.image import Image
    from plimsoll.findings import Finding
    from plimsoll.subject import Variant


PACKAGE_MANAGERS = {
    *("apk", "apt", "apt-get", "aptitude", "bundle", "composer", "conda", "corepack", "dnf", "dpkg", "gem", "mamba"),
    *("microdnf", "npm", "npx", "opkg", "pacman", "pip", "pnpm", "rpm", "tdnf", "yarn", "yum", "zypper"),
}
BUILD_TOOLS = {
    *("as", "bazel", "c++", "cargo", "cc", "clang", "clang++", "cmake", "cpp", "g++", "gcc", "git", "go", "gradle"),
    *("hg", "javac", "ld", "make", "meson", "mvn", "ninja", "node-gyp", "rustc", "svn", "tcc"),
}
DEVELOPMENT_TOOLS = {
    *("air", "black", "coverage", "curl", "emacs", "eslint", "flake8", "gdb", "isort", "jest", "ltrace", "mocha"),
    *("mypy", "nano", "nc", "ncat", "netcat", "nmap", "nodemon", "nox", "pdm", "pipenv", "poetry", "prettier"),
    *("pylint", "pytest", "ruff", "strace", "tcpdump", "tox", "tsc", "tsx", "uv", "uvx", "vi", "vim", "vite"),
    *("vitest", "wget"),
}
COMPILERS = {"c++", "cc", "clang", "clang++", "g++", "gcc"}
"""The build tools that a C library's headers are there for."""

VERSION_CONTROL = {"git", "hg", "svn"}
"""Those that are an image's product without a compiler beside them."""

TEST_PACKAGES = {"eslint", "jest", "mocha", "mypy", "prettier", "pylint", "pytest", "typescript", "vitest"}
SHELL = "shell"
"""What `allow` calls any shell."""

ALLOWABLE = {
    *(SHELL, *shell.SHELLS, *tools.MANY_IN_ONE),
    *(PACKAGE_MANAGERS | BUILD_TOOLS | DEVELOPMENT_TOOLS | TEST_PACKAGES),
}
"""What `allow` can name: what a rule looks for."""

ALLOWING = ("has_no_build_tools", "has_no_development_tools", "has_no_package_manager", "has_no_shell")
"""The rules that look for them."""

HEADER = "usr/include/stdio.h"
"""What the development files of a C library bring."""

SHARED = ("tmp", "var/tmp", "dev", "proc", "sys", "run/lock", "dev/shm")
"""Where everybody may write."""


@rule(Level.NOTE, production=True)
def has_no_shell(subject: Variant, image: Image, base: Base) -> list[Finding]:
    """Whoever breaks in finds no tool to go on with; the `debug` variant has them."""
    allowed = subject.expected.allow
    paths = (path for path in tools.shells(image) if posixpath.basename(path) not in allowed)
    found = [(clean(path), path, "a shell") for path in paths]
    offered = SHELL in allowed or tools.product(image) in {*shell.SHELLS, *tools.MANY_IN_ONE}
    return broken_at(
        [] if offered else together(image, base, found),
        fix="start the last stage from scratch, and add tools in a `debug` stage on top of it only",
    )


@rule(Level.NOTE, production=True)
def has_no_package_manager(subject: Variant, image: Image, base: Base) -> list[Finding]:
    """Nothing is installed in a running container, unless by whoever broke in."""
    wanted = PACKAGE_MANAGERS.difference(subject.expected.allow)
    found = [(path, f"{name}, a package manager") for name, path in tools.programs(image, wanted)]
    found += [(path, f"{name} as a package") for name, path in tools.packages(image, wanted & {"pip", "npm"})]
    rows = [(clean(path), path, what) for path, what in found]
    return broken_at(
        [] if tools.product(image) in PACKAGE_MANAGERS else together(image, base, rows),
        fix="install in a stage before the last, and copy what was installed",
    )


@rule(Level.WARNING, production=True)
def has_no_build_tools(subject: Variant, image: Image, base: Base) -> list[Finding]:
    """A compiler builds for whoever breaks in, too, and is most of what a naive image weighs."""
    offered = tools.product(image)
    wanted = BUILD_TOOLS - {offered} if offered in VERSION_CONTROL else set() if offered in BUILD_TOOLS else BUILD_TOOLS
    wanted = wanted.difference(subject.expected.allow)
    found = [(path, f"{name}, to build with") for name, path in tools.programs(image, wanted)]
    headers = wanted >= COMPILERS and HEADER in image.files
    found += [(image.files[HEADER][0].shown, "a C library's headers")] if headers else []
    return broken_at(
        together(image, base, [(clean(path), path, what) for path, what in found]),
        fix="build in a stage before the last, and copy what was built; many a base has a -slim or a runtime variant",
    )


@rule(Level.WARNING, production=True)
def has_no_development_tools(subject: Variant, image: Image, base: Base) -> list[Finding]:
    """Test tools, linters, downloaders and debuggers come along where there is one list of dependencies for all."""
    allowed = {*subject.expected.allow, tools.product(image)}
    wanted = DEVELOPMENT_TOOLS - allowed
    found = [(path, f"{name}, to develop with") for name, path in tools.programs(image, wanted)]
    found += [(path, f"{name} as a package") for name, path in tools.packages(image, TEST_PACKAGES - allowed)]
    # What a base checks its health with, or lets people look around with, is its own choice.
    own = [row for row in found if not base.brought(image, clean(row[0]))]
    return broken_at(
        own, fix="keep a list of what runs apart from the list of what tests it, and ask for health with the app"
    )


@rule(Level.NOTE, production=True)
def has_no_setuid_or_setgid_files(image: Image, base: Base) -> list[Finding]:
    """A program that runs as its owner, whoever starts it, is how a user becomes root."""
    found = [
        (path, entry.shown, f"it runs as {owner}, whoever starts it")
        for path, (entry, _) in image.files.items()
        if entry.kind == "file" and entry.mode & 0o6000
        for owner in [f"user {entry.uid}" if entry.mode & 0o4000 else f"group {entry.gid}"]
    ]
    return broken_at(
        together(image, base, found),
        fix="leave it out, or take the bit away: `find / -xdev -perm /6000 -type f -exec chmod a-s {} +`",
    )


@rule(Level.WARNING, production=True)
def has_no_world_writable_files(image: Image, base: Base) -> list[Finding]:
    """What everybody may write, whoever breaks in may change: the program, its configuration, its data."""
    volumes = [clean(path) for path in image.config.get("Volumes") or {}]
    found = [
        (entry.shown, f"everybody may write it (mode {entry.mode:o})")
        for path, (entry, _) in image.files.items()
        if entry.mode & 0o002
        and (entry.kind == "file" or (entry.kind == "directory" and not entry.mode & 0o1000))
        and not any(path == folder or path.startswith(f"{folder}/") for folder in (*SHARED, *volumes))
        and not base.brought(image, path)
    ]
    return broken_at(found, fix="copy it with the owner and mode that it needs: `COPY --chown=65532:65532 --chmod=644`")


@rule(Level.NOTE, production=True)
def has_no_duplicate_users_or_groups(image: Image) -> list[Finding]:
    """Two names for one number, or two numbers for one name, are two answers to who may do what."""
    found = []
    for file, rows in (
        (accounts.PASSWD, [(each.line, each.name, each.uid) for each in accounts.accounts(image)]),
        (accounts.GROUP, [(each.line, each.name, each.gid) for each in accounts.groups(image)]),
    ):
        names: dict[str, str] = {}
        numbers: dict[int, str] = {}
        for line, name, number in rows:
            if name in names:
                found.append((f"{file}:{line}", f"{name} is there a second time"))
            elif number in numbers:
                found.append((f"{file}:{line}", f"{name} has the number {number}, as {numbers[number]} has"))
            names[name] = numbers[number] = name
    return broken_at(found, fix="make one user, with a number that the base does not use yet")
