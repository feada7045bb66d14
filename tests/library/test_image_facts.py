"""Facts read from archives made here."""

from pathlib import Path

import pytest


def test_size_counts_every_copy_in_every_layer(made):
    read = made.facts(made.tar(("a", b"12345")), made.tar(("a", b"123"), ("b", b"12")))
    assert read.size == 10
    assert [layer.size for layer in read.layers] == [5, 5]


def test_a_deleted_file_is_seen_no_more_but_still_weighs(made):
    read = made.facts(
        made.tar(("secret", b"12345"), ("dir/x", b"12")), made.tar((".wh.secret", b""), ("dir/.wh..wh..opq", b""))
    )
    assert read.files.keys() == set()
    assert read.size == 7


def test_what_is_removed_and_made_again_is_there(made):
    read = made.facts(
        made.tar(("dir/old", b"12"), ("dir/sub/old", b"1")), made.tar(("dir/.wh..wh..opq", b""), ("dir/new", b"1"))
    )
    assert set(read.files) == {"dir/new"}


def test_a_root_that_hides_all_below_it_leaves_nothing(made):
    assert set(made.facts(made.tar(("a", b"1")), made.tar((".wh..wh..opq", b""), ("b", b"1"))).files) == {"b"}


def test_a_file_in_the_place_of_a_directory_hides_what_was_in_it(made):
    read = made.facts(made.tar(("lib", "directory"), ("lib/x", b"1")), made.tar(("lib", "symlink", "usr/lib")))
    assert set(read.files) == {"lib"}
    assert [lost.path for lost in read.lost] == ["lib/x"]


def test_links_are_followed_inside_the_image(made):
    read = made.facts(
        made.tar(
            ("usr/bin/busybox", b"program"),
            ("bin", "symlink", "usr/bin"),
            ("usr/bin/sh", "symlink", "/bin/busybox"),
            ("out", "symlink", "../../../../usr/bin/sh"),
            ("loop", "symlink", "loop"),
            ("there", "symlink", "back"),
            ("back", "symlink", "/there"),
            ("gone", "symlink", "/nowhere"),
        )
    )
    assert read.find("/bin/sh").path == "usr/bin/busybox"
    assert read.find("out").path == "usr/bin/busybox"
    for nowhere in ("loop", "there", "loop/x", "gone", "usr/bin/busybox/x"):
        assert read.find(nowhere) is None


def test_paths_that_climb_stay_inside_the_image(made, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    read = made.facts(made.tar(("../../etc/passwd", b"root"), ("./a/../b", b"12"), ("/absolute", b"1")))
    assert set(read.files) == {"etc/passwd", "b", "absolute"}
    assert read.text("etc/passwd") == "root"
    assert list(Path().iterdir()) == []


def test_a_hard_link_is_the_file_that_it_names(made):
    program = Path("/bin/true").read_bytes()
    read = made.facts(
        made.tar(("bin/true", program), ("bin/yes", "hardlink", "bin/true")), made.tar(("bin/.wh.true", b""))
    )
    assert read.elf("/bin/yes").needed
    assert read.size == len(program)
    assert read.lost == []


@pytest.mark.parametrize("said", [{}, {"Layers": None}, {"Layers": []}])
def test_an_image_with_nothing_in_it_is_read(made, said):
    layers = [] if said else [made.tar()]
    read = made.facts(*layers, **said)
    assert (read.size, read.files, read.find("/bin/sh")) == (0, {}, None)


def test_what_is_kept_of_a_layer_is_what_was_read(made):
    key = "\n".join(("-----BEGIN PRIVATE KEY-----", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVcB" * 2))
    layer = made.tar(
        ("etc/passwd", b"root:x"),
        ("d", "directory"),
        ("bin/true", Path("/bin/true").read_bytes()),
        ("bin/script", b"#!/bin/sh -e\n", {"mode": 0o755}),
        ("key", f"{key}\n-----END PRIVATE KEY-----\n".encode()),
        (b"odd-\xff\nname".decode(errors="surrogateescape"), b"1"),
    )
    first, again = made.facts(layer), made.facts(layer)
    assert first.layers == again.layers
    assert again.layers[0].elves["bin/true"].needed
    assert again.layers[0].scripts == {"bin/script": "/bin/sh -e"}
    assert [(each.path, each.what) for each in again.layers[0].secrets] == [("key", "a private key")]


def test_reads_what_the_image_says_of_itself(made):
    config = {"User": "5:5", "ExposedPorts": {"80/tcp": {}, "53/udp": {}}, "Cmd": ["x"], "Env": ["A=1=2"]}
    read = made.facts(made.tar(), config=config)
    assert (read.user, read.ports, read.entrypoint, read.environment) == ("5:5", [80], ["x"], {"A": "1=2"})


def test_the_history_says_what_made_each_layer(made):
    history = [
        {"created_by": "ENV A=1", "empty_layer": True},
        {"created_by": "/bin/sh -c #(nop) COPY  file:1 in / "},
        {"created_by": "RUN make # buildkit"},
    ]
    read = made.facts(made.tar(("a", b"1")), made.tar(("b", b"1")), history=history)
    assert read.instructions == ["COPY file:1 in /", "RUN make"]
    assert made.facts(made.tar(("a", b"1")), history=history).instructions == [""]
