"""Rules about building."""

import pytest

from plimsoll.builds import build
from plimsoll.findings import forbid


def test_builds(variant):
    """An image that does not build proves nothing, and whoever clones the repository meets it first."""
    result = build.recorded().get(variant.image)
    assert result is not None, f"{variant.image} has not been built yet: run `make test`"
    if result.unbuildable:
        pytest.skip(f"{variant} is not buildable here: {result.unbuildable}")
    assert not result.error, f"{variant.file} does not build {variant}: {result.error}"


@pytest.mark.deployed
@pytest.mark.uses("sources")
def test_a_source_edit_reuses_the_dependency_layers(copied):
    """Dependencies are installed in minutes and change once a week; sources change every minute."""
    forbid(
        (
            (step, f"ran again after a comment was added to {copied['source']}, it says `{shown}`")
            for step, shown in copied["installed"]
        ),
        mend="copy what names the dependencies, install them, and only then copy the sources",
    )


@pytest.mark.deployed
@pytest.mark.uses("context")
def test_a_readme_edit_rebuilds_nothing(copied):
    """What is not in the image must not rebuild it: neither a word in README.md nor a fresh clone's time stamps."""
    forbid(
        ((step, "ran again after README.md and all time stamps had changed") for step in copied["readme"]),
        mend="copy only what the step needs, and keep the rest from the builder with .dockerignore",
    )


@pytest.mark.deployed
@pytest.mark.uses("commands")
def test_same_input_gives_the_same_bytes(repeated):
    """Only what can be built again to the same bytes can be shown to come from these sources and nothing else."""
    forbid(
        [(repeated["place"], f"a second build differs, {repeated['found']}")] if repeated["place"] else [],
        mend="take times, random numbers and orders out of what is built: SOURCE_DATE_EPOCH, -trimpath, sorted lists",
    )


@pytest.mark.uses("secrets")
def test_build_secret_leaves_no_trace(leaked):
    """A secret that a build needs goes into every copy of the image if it is written anywhere but in its mount."""
    forbid(leaked, mend="use it where it is mounted, in the step that mounts it, and write it to no file and no output")


@pytest.mark.deployed
@pytest.mark.uses("tests")
def test_unit_tests_are_in_the_way(tested):
    """Tests that can fail without anything stopping are decoration."""
    if not tested["built"] and not tested["ran"]:
        pytest.fail(f"the stage failed before its tests ran, {tested['failure']}", pytrace=False)
    ran = "it ran and failed, and" if tested["ran"] else "it was never run, and"
    forbid(
        [(tested["planted"], f"a failing test was planted here, {ran} the stage was built")] if tested["built"] else [],
        mend="run the tests in that stage, and let nothing swallow their exit code: no `|| true`, no pipe, no `;`",
    )
