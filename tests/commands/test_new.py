"""`make new`: an app made from another builds, is tested and judged, and what can not be made is refused.

A copy of an app is the app, under another name: what a name can break is tested of a copy of each, here its build and
its unit tests, in tests/project its place in the tables. Its images are judged by every rule for one of them only, the
cheapest: of the others the suite would say again what it says of those that they were made from.
"""

import pytest

from plimsoll import engine
from plimsoll.facts.build import bake
from workshop import apps
from workshop.suite.made import GROUP, JUDGED, workshop

pytestmark = pytest.mark.xdist_group(GROUP)


def test_it_builds_and_its_own_tests_and_linters_are_content(clone, made):
    """What is compiled, imported, tested and formatted bears its name: all of that happens in these two stages."""
    targets = [f"{made}-test", f"{made}-prod"]
    record = bake.bake("--set=*.output=type=cacheonly", *targets, files=["docker-bake.hcl"], folder=clone, quiet=True)
    assert record.code == 0, record.failure


@pytest.mark.parametrize("made", [pytest.param(JUDGED, marks=pytest.mark.app(JUDGED))], indirect=True)
def test_its_suite_is_green_at_once(clone, made):
    """Every image is built, and keeps every rule that applies to it.

    The other rules about building are left out: they build again and again,
    and judge a Dockerfile that is the old app's, word for word.
    """
    done = workshop(clone, "test", "--app", made, "--", "-k", "build.builds or not build.")
    assert done.returncode == 0, f"{done.stdout[-5000:]}{done.stderr[-3000:]}"
    variants = [variant for variant in apps.variants(clone) if variant.app == made]
    assert {"single", "dev", "test", "debug", "prod"} <= {variant.name for variant in variants}
    # One by one: the engine's list may leave out an image while another run removes its own.
    for variant in variants:
        assert engine.client().api.inspect_image(variant.image)["Id"]


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("go-gin", "is taken"),
        ("db", "is taken"),
        ("all", "is taken"),
        ("Upper", "is not a good name"),
        ("-dash", "is not a good name"),
        ("two--dashes", "is not a good name"),
        ("../escape", "is not a good name"),
        ("", "is not a good name"),
        ("x" * 41, "is not a good name"),
    ],
)
def test_bad_and_taken_names_are_refused(clone, name, cause):
    refused = workshop(clone, "new", name, "--from=go-gin") if name[:1] != "-" else workshop(clone, "new", "--", name)
    assert refused.returncode == 2
    assert cause in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_python_app_needs_a_name_that_is_a_package_too(clone):
    refused = workshop(clone, "new", "my-cats", "--from=catweb")
    assert refused.returncode == 2
    assert "use letters and digits only" in refused.stderr


def test_an_unknown_source_is_named_with_those_that_exist(clone):
    refused = workshop(clone, "new", "mine", "--from=go-gni")
    assert refused.returncode == 2
    assert "there is no app `go-gni`: begin from one of " in refused.stderr
