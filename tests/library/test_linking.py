"""Whether programs find what they need, in images that are made of facts alone."""

import pytest

from plimsoll.facts.image import linking
from plimsoll.facts.image.elf import Elf

GLIBC = "/lib64/ld-linux-x86-64.so.2"
MUSL = "/lib/ld-musl-x86_64.so.1"


def program(*needed, loader=GLIBC, run_path=(), architecture="amd64"):
    return Elf(architecture, loader, needed, tuple(run_path), executable=True)


def library(*needed, run_path=(), architecture="amd64"):
    return Elf(architecture, "", needed, tuple(run_path), executable=False)


def missing(made, elves, *others, config=None, texts=None):
    image = made.imagined(*elves, *others, config=config, elves=elves, texts=texts or {})
    return [(each.program, each.wanted) for each in linking.unmet(image)]


LOADER = {GLIBC.lstrip("/"): library()}


def test_a_program_without_its_loader(made):
    assert missing(made, {"app": program("libc.so.6")}) == [("app", GLIBC)]


def test_a_static_program_needs_nothing(made):
    assert missing(made, {"app": program(loader="")}) == []


@pytest.mark.parametrize("folder", ["lib", "lib64", "usr/lib", "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"])
def test_libraries_are_looked_for_where_glibc_does(made, folder):
    assert missing(made, {"app": program("libc.so.6"), f"{folder}/libc.so.6": library(), **LOADER}) == []


def test_a_missing_library_is_told_and_where_it_was_looked_for(made):
    image = made.imagined("app", GLIBC.lstrip("/"), elves={"app": program("libx.so"), **LOADER})
    (found,) = linking.unmet(image)
    assert (found.wanted, found.by) == ("libx.so", "app")
    assert "/usr/lib/x86_64-linux-gnu" in found.searched


def test_libraries_of_libraries_are_looked_for(made):
    elves = {"app": program("liba.so"), "lib/liba.so": library("libb.so", "ld-linux-x86-64.so.2"), **LOADER}
    assert missing(made, elves) == [("app", "libb.so")]
    assert missing(made, {**elves, "lib/libb.so": library("liba.so")}) == []


@pytest.mark.parametrize("run_path", ["$ORIGIN/../own", "${ORIGIN}/../own", "/opt/own", "../own"])
def test_the_way_that_a_program_names_is_gone(made, run_path):
    elves = {"opt/bin/app": program("liba.so", run_path=[run_path]), "opt/own/liba.so": library(), **LOADER}
    assert missing(made, elves, config={"Entrypoint": ["/opt/bin/app"], "WorkingDir": "/opt/bin"}) == []


def test_a_librarys_own_way_starts_at_the_library(made):
    elves = {
        "app": program("liba.so", run_path=["/opt/a"]),
        "opt/a/liba.so": library("libb.so", run_path=["$ORIGIN/b"]),
        "opt/a/b/libb.so": library(),
        **LOADER,
    }
    assert missing(made, elves) == []


def test_the_environment_names_directories(made):
    elves = {"app": program("liba.so"), "opt/liba.so": library(), **LOADER}
    assert missing(made, elves, config={"Env": ["LD_LIBRARY_PATH=/opt"]}) == []
    assert missing(made, elves) == [("app", "liba.so")]


def test_ld_so_conf_counts_once_ldconfig_has_run(made):
    elves = {"app": program("liba.so"), "opt/liba.so": library(), **LOADER}
    texts = {"etc/ld.so.conf": "# ours\ninclude /etc/ld.so.conf.d/*.conf\n", "etc/ld.so.conf.d/x.conf": "/opt\n"}
    assert missing(made, elves, *texts, "etc/ld.so.cache", texts=texts) == []
    assert missing(made, elves, *texts, texts=texts) == [("app", "liba.so")]


def test_musl_is_its_own_library_and_has_its_own_directories(made):
    elves = {"app": program("libc.musl-x86_64.so.1", "libm.so.6", "liba.so", loader=MUSL), MUSL[1:]: library()}
    assert missing(made, {**elves, "usr/local/lib/liba.so": library()}) == []
    assert missing(made, {**elves, "usr/lib/x86_64-linux-gnu/liba.so": library()}) == [("app", "liba.so")]
    path = {"etc/ld-musl-x86_64.path": "/lib\n/opt"}
    assert missing(made, {**elves, "opt/liba.so": library()}, *path, texts=path) == []


def test_a_library_for_another_processor_is_passed_over(made):
    elves = {"app": program("liba.so"), "lib/liba.so": library(architecture="386"), **LOADER}
    assert missing(made, elves) == [("app", "liba.so")]
    assert missing(made, {**elves, "usr/lib/liba.so": library()}) == []


def test_linked_directories_are_followed(made):
    elves = {
        "usr/bin/app": program("liba.so"),
        "usr/lib/liba.so": library(),
        "usr/lib64/ld-linux-x86-64.so.2": library(),
    }
    links = [(name, {"kind": "symlink", "link": f"usr/{name}"}) for name in ("bin", "lib", "lib64")]
    assert missing(made, elves, *links) == []


def test_what_nobody_can_start_is_not_judged(made):
    plugin = program("libgone.so")
    elves = {
        "usr/share/firmware/x": plugin,
        "app/node_modules/esbuild-musl/bin/esbuild": plugin,
        "usr/bin/data": plugin,
    }
    image = made.imagined(*list(elves)[:2], ("usr/bin/data", {"mode": 0o644}), elves=elves)
    assert linking.unmet(image) == []
