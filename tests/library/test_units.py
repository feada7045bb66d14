import pytest

from plimsoll.units import parse_size, show_number, show_size


@pytest.mark.parametrize(
    ("text", "size"), [("9 MB", 9_000_000), ("1.3 GB", 1_300_000_000), ("512 B", 512), ("75kB", 75_000), ("0 B", 0)]
)
def test_reads_sizes_in_powers_of_a_thousand(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["9", "9 MiB", "9 mb", "MB", "-1 MB", "", "9 MB more"])
def test_refuses_what_has_no_number_or_unit(text):
    with pytest.raises(ValueError, match="size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (75_000, "75.0 kB"), (9_310_000, "9.31 MB"), (82_400_000, "82.4 MB"),
     (999_990_000, "1.00 GB"), (1_210_000_000, "1.21 GB")],
)  # fmt: skip
def test_shows_three_digits(size, text):
    assert show_size(size) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (0.04537, "0.0454"), (2.999, "3"), (58.04, "58"), (591, "591"), (2876.4, "2,880")]
)
def test_shows_a_figure_without_an_exponent(number, text):
    assert show_number(number) == text
