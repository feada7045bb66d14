"""Tools, caches and leftovers, in images that are made of facts alone."""

from dataclasses import replace

import pytest

from plimsoll.facts.image import caches, leftovers, tools
from plimsoll.facts.image.base import Base
from plimsoll.facts.image.elf import Elf
from plimsoll.parsing import shell
from plimsoll.rules.image import contents


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


SHELLS = {*shell.SHELLS, *tools.MANY_IN_ONE}
EVERYWHERE = {
    "where distroless images have them": (["busybox/sh"], {}),
    "in the root": (["sh"], {}),
    "on the image's own PATH": (["opt/busybox-1.37/sh"], {"Env": ["PATH=/usr/bin:/opt/busybox-1.37"]}),
    "on a PATH that leads through a link": (
        [("tools", {"kind": "symlink", "link": "/opt/box"}), "opt/box/sh"],
        {"Env": ["PATH=/tools"]},
    ),
    "in ENTRYPOINT": (["opt/box/sh"], {"Entrypoint": ["/opt/box/sh"]}),
    "after an init in ENTRYPOINT": (["opt/box/bash"], {"Entrypoint": ["/init", "--", "/opt/box/bash", "-l"]}),
    "in the line that CMD gives to another": (["opt/box/sh"], {"Cmd": ["/init", "exec '/opt/box/sh' -c x"]}),
    "beside where it starts": (["opt/box/sh"], {"Cmd": ["./sh"], "WorkingDir": "/opt/box"}),
    "behind a link in CMD": (
        ["opt/box/busybox", ("entry", {"kind": "symlink", "link": "/opt/box/busybox"})],
        {"Cmd": ["/entry"]},
    ),
    "in SHELL": (["opt/box/bash"], {"Shell": ["/opt/box/bash", "-c"]}),
    "in HEALTHCHECK": (["opt/box/sh"], {"Healthcheck": {"Test": ["CMD", "/opt/box/sh", "-c", "true"]}}),
}


@pytest.mark.parametrize("where", EVERYWHERE)
def test_a_shell_is_found(made, where):
    entries, config = EVERYWHERE[where]
    assert tools.programs(made.imagined(*entries, config=config), SHELLS, applets=True)


@pytest.mark.parametrize(
    "texts",
    [
        {"etc/passwd": "root:x:0:0:root:/root:/opt/box/bash\n"},
        {"etc/shells": "# /etc/shells\n/bin/sh\n/opt/box/bash\n"},
    ],
    ids=["of a user", "that users may have"],
)
def test_a_shell_is_found_by_what_the_image_lists(made, texts):
    image = made.imagined(*texts, "opt/box/bash", texts=texts)
    assert ("/opt/box/bash", "a shell") in [
        (each.place, each.found) for each in contents.has_no_shell(made.subject(), image, Base())
    ]


def test_what_an_image_lists_as_a_shell_is_one_whatever_its_name(made):
    image = made.imagined("etc/shells", "opt/tide", texts={"etc/shells": "/opt/tide\n/opt/gone\n"})
    assert tools.shells(image) == ["/opt/tide"]


@pytest.mark.parametrize(
    "path", ["opt/tools/bash", "usr/lib/initcpio/box", "srv/.cache/x", "nix/store/0a-bash-5.2/libexec/b"]
)
def test_a_shell_is_one_by_what_stands_in_it_wherever_it_lies(made, path):
    program = Elf("amd64", "", (), (), executable=True, is_shell=True)
    assert tools.shells(made.imagined(path, elves={path: program})) == [f"/{path}"]
    assert tools.shells(made.imagined(path, elves={path: replace(program, is_shell=False)})) == []


def test_what_is_linked_to_a_shell_that_lies_somewhere_is_the_same_shell(made):
    entries = [
        "opt/x/box",
        ("opt/x/ls", {"kind": "symlink", "link": "box"}),
        ("bin/sh", {"kind": "symlink", "link": "/opt/x/box"}),
    ]
    image = made.imagined(*entries, elves={"opt/x/box": Elf("amd64", "", (), (), executable=True, is_shell=True)})
    assert tools.shells(image) == ["/bin/sh"]


def test_each_shell_is_named_once(made):
    image = made.imagined(
        ("bin", {"kind": "symlink", "link": "usr/bin"}),
        "usr/bin/dash",
        "etc/shells",
        texts={"etc/shells": "/bin/dash\n/usr/bin/dash\n"},
    )
    assert [each.found for each in contents.has_no_shell(made.subject(), image, Base())] == ["a shell"]


@pytest.mark.parametrize("where", ["go", "opt/go/make", "usr/games/vim"])
def test_other_tools_are_found_in_the_root_and_on_the_path_too(made, where):
    image = made.imagined(where, config={"Env": ["PATH=/opt/go:/usr/games"]})
    assert tools.programs(image, {"go", "make", "vim"}) == [(where.rpartition("/")[2], f"/{where}")]


@pytest.mark.parametrize(
    "entry",
    [
        ("opt/app/make", {"mode": 0o644}),
        ("opt/app/make", {"kind": "directory"}),
        ("opt/app/make", {"kind": "symlink", "link": "/nowhere"}),
        "opt/app/share/make",
        "srv/make",
    ],
)
def test_what_only_has_a_programs_name_is_none(made, entry):
    image = made.imagined(entry, config={"Env": ["PATH=/opt/app"], "Cmd": ["/opt/app/server"], "WorkingDir": "/srv"})
    assert tools.programs(image, {"make"}) == []


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
