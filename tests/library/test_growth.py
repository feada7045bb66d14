"""What is told of sizes that changed: new, gone, bigger and smaller images, and by how much."""

from dataclasses import replace

import pytest

from plimsoll.errors import PlimsollError
from workshop import growth
from workshop.sizes import NOT_BUILT, Row

PROD = Row("a", "prod", 10_000_000, compressed=4_000_000, budget=12_000_000, layers=2, base="scratch")
DEV = Row("a", "dev", 900_000_000, compressed=300_000_000)
RUNG = Row("a", "alpine", note="is not buildable here: needs apk")


def lines(before, now):
    return [line for line in growth.markdown(before, now).splitlines()[2:] if line]


def test_what_was_written_is_read_as_it_was(tmp_path):
    file = tmp_path / "sizes.json"
    file.write_text(growth.document([PROD, RUNG]))
    assert growth.read(file) == [PROD, RUNG]


def test_bigger_and_smaller_are_told_in_percent_and_the_greatest_change_first():
    now = [replace(PROD, size=12_500_000, compressed=5_000_000), replace(DEV, size=890_000_000)]
    assert lines([PROD, DEV], now) == [
        "| `a:dev` | 900 MB | 890 MB | -1.1% | 300 MB | 300 MB |",
        "| `a:prod` | 10.0 MB | 12.5 MB | +25.0% | 4.00 MB | 5.00 MB |",
        "0 images have the size of before.",
    ]


def test_new_and_gone_images_are_told_as_such():
    assert lines([PROD], [DEV]) == [
        "| `a:dev` | - | 900 MB | new | - | 300 MB |",
        "| `a:prod` | 10.0 MB | - | gone | 4.00 MB | - |",
        "0 images have the size of before.",
    ]


def test_one_that_was_not_measured_before_is_new_and_one_that_is_not_now_is_not_gone():
    assert lines([replace(PROD, size=None, note=NOT_BUILT)], [PROD])[0].split(" | ")[1:4] == ["-", "10.0 MB", "new"]
    told = growth.markdown([PROD, RUNG], [replace(PROD, size=None, note=NOT_BUILT), RUNG])
    assert told.splitlines()[-1] == f"Not compared: `a:prod` {NOT_BUILT}; `a:alpine` {RUNG.note}."


@pytest.mark.parametrize(("size", "told"), [(10_004_999, False), (10_005_000, True), (9_995_000, True)])
def test_what_would_be_printed_as_no_change_is_none(size, told):
    text = growth.markdown([PROD], [replace(PROD, size=size)])
    assert ("| `a:prod` |" in text) is told
    assert ("1 image has the size of before." in text) is not told


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (None, "can't be read: No such file"),
        ("{}", "holds no sizes: Input should be a valid"),
        ("[", "holds no sizes: Invalid JSON"),
        ('[{"app": "a"}]', "holds no sizes: Field required"),
    ],
)
def test_another_file_is_refused_with_cause_and_remedy(tmp_path, content, cause):
    file = tmp_path / "sizes.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(PlimsollError, match=f"{file} {cause}.*ARGS=--json"):
        growth.read(file)
