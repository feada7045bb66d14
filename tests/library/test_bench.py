"""A comparison tells medians and spread, and how many times better the second is: never worse by mistake."""

import pytest

from workshop.bench import Comparison


@pytest.mark.parametrize(
    ("naive", "better", "more_is_better", "ratio"),
    [
        ([3.0, 2.0, 9.0], [0.5, 0.4, 0.6], False, 6.0),
        ([0.5, 0.5, 0.5], [1.0, 1.0, 1.0], False, 0.5),
        ([100.0, 90.0, 400.0], [500.0, 450.0, 550.0], True, 5.0),
    ],
)
def test_the_ratio_is_that_of_the_medians(naive, better, more_is_better, ratio):
    compared = Comparison("app", "what", ("single", naive), ("prod", better), more_is_better=more_is_better)
    assert compared.ratio == ratio


def test_a_row_has_the_median_and_the_spread_of_both():
    compared = Comparison("app", "requests/s", ("dev", [591.2, 450.1, 634.0]), ("prod", [2876.4, 2830.0, 3030.0]), True)
    assert compared.row() == "| app | requests/s | `dev` 591 (450 to 634) | `prod` 2,880 (2,830 to 3,030) | 4.9 times |"
