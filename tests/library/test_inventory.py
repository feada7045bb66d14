"""Tools, caches and leftovers, in images that are made of facts alone."""

import pytest

from plimsoll.images import caches, leftovers, tools
from plimsoll.images.elf import Elf


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("usr/bin/gcc", "gcc"),
        ("usr/bin/gcc-14", "gcc"),
        ("usr/bin/x86_64-linux-gnu-gcc-14", "gcc"),
        ("usr/local/bin/pip3.13", "pip"),
        ("opt/tools/bin/g++", "g++"),
        ("app/node_modules/.bin/eslint", "eslint"),
        ("usr/share/bash-completion/completions/gcc", ""),
        ("usr/bin/gccgo-helper", ""),
        ("usr/bin/as", "as"),
    ],
)
def test_programs_are_known_under_their_decorated_names(made, path, name):
    found = tools.programs(made.imagined(path), {"gcc", "g++", "pip", "eslint", "as"})
    assert found == ([(name, f"/{path}")] if name else [])


@pytest.mark.parametrize(
    "link",
    [
        {"kind": "symlink", "link": "busybox"},
        {"kind": "symlink", "link": "/bin/busybox"},
        {"kind": "hardlink", "link": "bin/busybox"},
    ],
)
def test_a_name_of_busybox_is_no_tool(made, link):
    image = made.imagined("bin/busybox", ("bin/wget", link))
    assert tools.programs(image, {"wget"}) == []
    assert tools.programs(image, {"wget"}, applets=True) == [("wget", "/bin/wget")]


def test_packages_are_known_by_their_place(made):
    image = made.imagined("usr/lib/python3/dist-packages/pip/__init__.py", "app/node_modules/eslint/package.json")
    assert [name for name, _ in tools.packages(image, {"pip", "eslint"})] == ["pip", "eslint"]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("var/lib/apt/lists/main_Packages.lz4", "apt's package lists"),
        ("var/cache/apt/archives/x.deb", "apt's packages"),
        ("root/.cache/pip/http/x", "pip's cache"),
        ("home/node/.npm/_cacache/content/x", "npm's cache"),
        ("root/.cache/go-build/00/x", "Go's build cache"),
        ("build-cache/00/x", "Go's build cache"),
        ("usr/local/cargo/registry/cache/x.crate", "Cargo's registry"),
        ("var/lib/apt/extended_states", ""),
        ("usr/lib/python3/site-packages/pip/_internal/cache.py", ""),
    ],
)
def test_caches_are_known_by_their_place(made, path, what):
    image = made.imagined((path, {"size": 5}), config={"Env": ["GOCACHE=/build-cache"]})
    assert [(each.what, each.files, each.size) for each in caches.of(image)] == ([(what, 1, 5)] if what else [])


def test_what_is_empty_is_no_cache(made):
    assert caches.of(made.imagined(("var/lib/apt/lists/lock", {"size": 0}))) == []


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("app/.git/HEAD", "/app/.git"),
        ("app/.git", "/app/.git"),
        ("app/.env", "/app/.env"),
        ("app/.env.production", "/app/.env.production"),
        ("app/.env.example", ""),
        ("app/main.go.orig", "/app/main.go.orig"),
        ("app/.main.go.swp", "/app/.main.go.swp"),
        ("app/.DS_Store", "/app/.DS_Store"),
        ("app/.gitignore", ""),
        ("app/node_modules/x/.env", ""),
        ("app/node_modules/x/.git/HEAD", ""),
        ("etc/passwd.orig", ""),
        ("usr/lib/x/y.orig", ""),
    ],
)
def test_leftovers_are_known_by_their_name(made, path, place):
    assert [each.place for each in leftovers.of(made.imagined(path))] == ([place] if place else [])


def test_a_directory_is_named_once(made):
    assert len(leftovers.of(made.imagined("app/.git/HEAD", "app/.git/config", "app/.git/objects/00/1"))) == 1


def test_what_a_crash_left_is_known_whatever_its_name(made):
    core = Elf("amd64", "", (), (), executable=False, core=True)
    assert [each.place for each in leftovers.of(made.imagined("srv/core.7", elves={"srv/core.7": core}))] == [
        "/srv/core.7"
    ]
