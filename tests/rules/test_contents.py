"""Rules about what a deployed image holds that only serves whoever breaks in."""

import pytest

from plimsoll.findings import forbid
from plimsoll.images import accounts, tools

SHELLS = {
    *("ash", "bash", "bash-static", "busybox", "csh", "dash", "elvish", "fish", "hush", "ksh", "ksh93", "lksh"),
    *("loksh", "mksh", "nu", "oksh", "osh", "posh", "pwsh", "rbash", "sash", "sh", "tcsh", "toybox", "xonsh"),
    *("yash", "zsh", "zsh-static"),
}
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
TEST_PACKAGES = {"eslint", "jest", "mocha", "mypy", "prettier", "pylint", "pytest", "typescript", "vitest"}
HEADER = "usr/include/stdio.h"
"""What the development files of a C library bring."""

SHARED = ("tmp", "var/tmp", "dev", "proc", "sys", "run/lock", "dev/shm")
"""Where everybody may write."""


@pytest.mark.deployed
def test_has_no_shell(facts):
    """Whoever breaks in finds no tool to go on with; the `debug` variant has them."""
    known = [path for _, path in tools.programs(facts, SHELLS, applets=True)]
    found = [(path, "a shell") for path in dict.fromkeys([*known, *tools.shells(facts)])]
    forbid(found, mend="start the last stage from scratch, and add tools in a `debug` stage on top of it only")


@pytest.mark.deployed
def test_has_no_package_manager(facts):
    """Nothing is installed in a running container, unless by whoever broke in."""
    found = [(path, f"{name}, a package manager") for name, path in tools.programs(facts, PACKAGE_MANAGERS)]
    found += [(path, f"{name} as a package") for name, path in tools.packages(facts, {"pip", "npm"})]
    forbid(found, mend="install in a stage before the last, and copy what was installed")


@pytest.mark.deployed
def test_has_no_build_tools(facts):
    """A compiler builds for whoever breaks in, too, and is most of what a naive image weighs."""
    found = [(path, f"{name}, to build with") for name, path in tools.programs(facts, BUILD_TOOLS)]
    found += [(facts.files[HEADER][0].shown, "a C library's headers")] if HEADER in facts.files else []
    forbid(found, mend="build in a stage before the last, and copy what was built")


@pytest.mark.deployed
def test_has_no_development_tools(facts):
    """Test tools, linters, downloaders and debuggers come along where there is one list of dependencies for all."""
    found = [(path, f"{name}, to develop with") for name, path in tools.programs(facts, DEVELOPMENT_TOOLS)]
    found += [(path, f"{name} as a package") for name, path in tools.packages(facts, TEST_PACKAGES)]
    forbid(found, mend="keep a list of what runs apart from the list of what tests it, and ask for health with the app")


@pytest.mark.deployed
def test_has_no_setuid_or_setgid_files(facts):
    """A program that runs as its owner, whoever starts it, is how a user becomes root."""
    found = [
        (entry.shown, f"it runs as {owner}, whoever starts it")
        for entry, _ in facts.files.values()
        if entry.kind == "file" and entry.mode & 0o6000
        for owner in [f"user {entry.uid}" if entry.mode & 0o4000 else f"group {entry.gid}"]
    ]
    forbid(found, mend="leave it out, or take the bit away: `find / -xdev -perm /6000 -type f -exec chmod a-s {} +`")


@pytest.mark.deployed
def test_has_no_world_writable_files(facts):
    """What everybody may write, whoever breaks in may change: the program, its configuration, its data."""
    found = [
        (entry.shown, f"everybody may write it (mode {entry.mode:o})")
        for entry, _ in facts.files.values()
        if entry.mode & 0o002
        and (entry.kind == "file" or (entry.kind == "directory" and not entry.mode & 0o1000))
        and not any(entry.path == folder or entry.path.startswith(f"{folder}/") for folder in SHARED)
    ]
    forbid(found, mend="copy it with the owner and mode that it needs: `COPY --chown=65532:65532 --chmod=644`")


@pytest.mark.deployed
def test_has_no_duplicate_users_or_groups(facts):
    """Two names for one number, or two numbers for one name, are two answers to who may do what."""
    found = []
    for file, rows in (
        (accounts.PASSWD, [(each.line, each.name, each.uid) for each in accounts.accounts(facts)]),
        (accounts.GROUP, [(each.line, each.name, each.gid) for each in accounts.groups(facts)]),
    ):
        names, numbers = {}, {}
        for line, name, number in rows:
            if name in names:
                found.append((f"{file}:{line}", f"{name} is there a second time"))
            elif number in numbers:
                found.append((f"{file}:{line}", f"{name} has the number {number}, as {numbers[number]} has"))
            names[name] = numbers[number] = name
    forbid(found, mend="make one user, with a number that the base does not use yet")
