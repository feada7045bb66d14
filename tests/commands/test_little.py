"""The judge on a machine that has little: `make machines` tries more of them, and more there."""

from workshop import bare


def test_a_download_judges_where_there_is_neither_gcc_nor_git_nor_make():
    (done,) = bare.tried(bare.Case("Debian 13", "trixie", ("little.sh",)))
    assert done.code == 0, done.said
    assert "MB of disk, at most" in done.said
