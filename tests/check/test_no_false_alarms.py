"""What is known to be good is judged with no configuration, as a stranger's image is: nothing may be found in it."""

import pytest

from plimsoll.project import app, bases, lessons

NAMED = {base for variant in [*app.variants(), *lessons.variants()] for base in variant.dockerfile.bases}
OURS = [variant for variant in app.variants() if variant.deployed or variant.name == "dev"]
BOUND = 30
"""Seconds in which an image that is already built is judged by all rules, on a machine that does nothing else."""


@pytest.mark.parametrize(
    "image", [pytest.param(each.image, marks=pytest.mark.xdist_group(str(each))) for each in OURS], ids=str
)
def test_nothing_is_found_in_our_own(check, image):
    done = check(image)
    assert done.code == 0, done.said + done.errors
    # Another worker judges at the same time.
    assert done.seconds < 2 * BOUND


@pytest.mark.parametrize(
    "image",
    [pytest.param(name, marks=pytest.mark.xdist_group("check")) for name in bases.stand_ins() if name in NAMED],
    ids=str,
)
def test_nothing_is_found_in_a_base(check, image):
    done = check("--static", image)
    assert done.code == 0, done.said + done.errors
