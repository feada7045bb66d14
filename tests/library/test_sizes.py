"""The tables say of each base whether it was pulled, and as what, or stood in for."""

from workshop.sizes import Row, markdown, text

ROWS = [
    Row("a", "dev", 20_000_000, base="golang:1.26-trixie", origin="pulled sha256:0123456789ab"),
    Row("a", "test", 10_000_000, base="busybox:1.37-musl", origin="stand-in"),
    Row("a", "prod", 1_000_000, base="scratch"),
]


def test_on_a_terminal_every_base_is_told_with_where_it_came_from():
    told = [line.rstrip().split("  ")[-1].strip() for line in text(ROWS).splitlines()[1:]]
    assert told == ["golang:1.26-trixie (pulled sha256:0123456789ab)", "busybox:1.37-musl (stand-in)", "scratch"]


def test_in_a_readme_every_base_is_told_with_where_it_came_from():
    told = [line.split(" | ")[-1].removesuffix(" |") for line in markdown(ROWS).splitlines()[2:]]
    assert told == ["`golang:1.26-trixie`, pulled sha256:0123456789ab", "`busybox:1.37-musl`, stand-in", "`scratch`"]
