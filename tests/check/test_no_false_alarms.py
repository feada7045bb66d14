"""What is known to be good is judged with no configuration, as a stranger's image is: nothing may be found in it."""

import pytest

from workshop import apps, bases, taught

NAMED = {base for variant in [*apps.variants(), *taught.variants()] for base in variant.dockerfile.bases}


def _ours(wanted):
    return [
        pytest.param(each, id=str(each), marks=pytest.mark.xdist_group(str(each)))
        for each in apps.variants()
        if wanted(each)
    ]


@pytest.mark.parametrize("subject", _ours(lambda each: each.deployed))
def test_nothing_is_found_in_what_we_deploy(check, subject):
    """With what it can't start without, and nothing else that its plimsoll.toml says."""
    environment = (f"--env={name}={value}" for name, value in subject.expected.environment.items())
    done = check(subject.image, "--fail-on=note", *environment)
    assert done.code == 0, done.said + done.errors


@pytest.mark.parametrize("subject", _ours(lambda each: each.name == "dev"))
def test_nothing_is_found_in_what_we_develop_in(check, subject):
    """At rest: what it is started with mounts the sources, which a stranger does not have."""
    done = check("--depth=image", "--development", "--fail-on=note", subject.image)
    assert done.code == 0, done.said + done.errors


@pytest.mark.parametrize("image", [name for name in bases.stand_ins() if name in NAMED])
@pytest.mark.xdist_group("bases")
def test_nothing_is_found_in_a_base(check, image):
    done = check("--depth=image", "--fail-on=note", image)
    assert done.code == 0, done.said + done.errors
