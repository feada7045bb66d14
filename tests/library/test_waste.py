"""What an image wastes, and why."""

import pytest

from plimsoll.facts.image import waste


def wasted(made, *layers):
    return waste.of(made.facts(*(made.tar(*layer) for layer in layers)))


def test_an_overwritten_file_is_wasted_and_the_one_that_is_seen_is_not(made):
    (found,) = wasted(made, [("a", b"12345"), ("b", b"1")], [("a", b"123")])
    assert (found.path, found.size, found.written, found.ended, found.removed) == ("a", 5, 0, 1, False)


def test_a_file_that_is_written_three_times_is_wasted_twice(made):
    assert [each.size for each in wasted(made, [("a", b"123")], [("a", b"12")], [("a", b"1")])] == [3, 2]


@pytest.mark.parametrize("whiteout", [".wh.dir", "dir/.wh..wh..opq"])
def test_a_directory_that_is_removed_at_once_is_wasted_whole(made, whiteout):
    (found,) = wasted(made, [(f"dir/sub/{number}", b"12") for number in range(10)], [(whiteout, b"")])
    assert (found.path, found.files, found.size, found.removed) == ("dir/sub", 10, 20, True)


def test_what_is_removed_from_an_emptied_directory_and_made_again_is_seen(made):
    (found,) = wasted(made, [("dir/a", b"12"), ("dir/b", b"1")], [("dir/.wh..wh..opq", b""), ("dir/b", b"123")], [])[:1]
    assert (found.path, found.size) == ("dir/a", 2)


def test_a_file_is_wasted_once_its_last_name_is_gone(made):
    both = [("a", b"12345"), ("b", "hardlink", "a")]
    assert wasted(made, both, [(".wh.a", b"")]) == []
    (found,) = wasted(made, both, [(".wh.a", b"")], [(".wh.b", b"")])
    assert (found.path, found.size, found.ended) == ("a", 5, 2)


def test_a_link_to_a_file_of_a_lower_layer_keeps_it(made):
    assert wasted(made, [("a", b"12345")], [("b", "hardlink", "a")], [(".wh.a", b"")]) == []


def test_a_directory_that_is_named_again_wastes_nothing(made):
    assert wasted(made, [("d", "directory"), ("d/a", b"1")], [("d", "directory", {"mode": 0o700})]) == []


def test_a_file_that_is_twice_in_one_layer_is_wasted(made):
    (found,) = wasted(made, [("a", b"12345"), ("a", b"1")])
    assert (found.size, found.written, found.ended) == (5, 0, 0)


def test_the_most_comes_first_and_many_files_are_told_by_directory(made):
    files = [(f"{top}/{number}", b"1" * size) for top, size in (("few", 1), ("much", 9)) for number in range(5)]
    found = wasted(made, files, [(path, b"") for path, _ in files])
    assert [(each.path, each.files, each.size) for each in found] == [("much", 5, 45), ("few", 5, 5)]
