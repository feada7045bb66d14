"""Rules about building."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.errors import NotJudgedError
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.facts.build.rebuild import FailingTestBuild, IncrementalBuild
    from plimsoll.facts.build.repeat import ReproducibleBuild
    from plimsoll.findings import Finding
    from plimsoll.subject import Outcome, Variant


@rule(Level.ERROR)
def builds(subject: Variant, outcome: Outcome) -> list[Finding]:
    """An image that does not build proves nothing, and whoever clones the repository meets it first."""
    found = [(str(subject.file), f"{subject} does not build, {outcome.error}")] if outcome.error else []
    return broken_at(found, fix="build it by hand to see more, `docker build`, and fix that step")


@rule(Level.WARNING, production=True, uses=("sources",))
def a_source_edit_reuses_the_dependency_layers(incremental_build: IncrementalBuild) -> list[Finding]:
    """Dependencies are installed in minutes and change once a week; sources change every minute."""
    return broken_at(
        (
            (step, f"ran again after a comment was added to {incremental_build['source']}, it says `{shown}`")
            for step, shown in incremental_build["installed"]
        ),
        fix="copy what names the dependencies, install them, and only then copy the sources",
    )


@rule(Level.WARNING, production=True, uses=("context",))
def a_readme_edit_rebuilds_nothing(incremental_build: IncrementalBuild) -> list[Finding]:
    """What is not in the image must not rebuild it: neither a word in README.md nor a fresh clone's time stamps."""
    return broken_at(
        ((step, "ran again after README.md and all time stamps had changed") for step in incremental_build["readme"]),
        fix="copy only what the step needs, and keep the rest from the builder with .dockerignore",
    )


@rule(Level.NOTE, production=True, uses=("commands",), thorough=True)
def same_input_gives_the_same_bytes(reproducible_build: ReproducibleBuild) -> list[Finding]:
    """Only what can be built again to the same bytes can be shown to come from these sources and nothing else."""
    return broken_at(
        [(reproducible_build["place"], f"a second build differs, {reproducible_build['found']}")]
        if reproducible_build["place"]
        else [],
        fix="take times, random numbers and orders out of what is built: SOURCE_DATE_EPOCH, -trimpath, sorted lists",
    )


@rule(Level.ERROR, uses=("secrets",))
def build_secret_leaves_no_trace(leaked_secrets: list[tuple[str, str]]) -> list[Finding]:
    """A secret that a build needs goes into every copy of the image if it is written anywhere but in its mount."""
    return broken_at(
        leaked_secrets,
        fix="use it where it is mounted, in the step that mounts it, and write it to no file and no output",
    )


@rule(Level.ERROR, production=True, uses=("tests",))
def unit_tests_are_in_the_way(failing_test_build: FailingTestBuild) -> list[Finding]:
    """Tests that can fail without anything stopping are decoration."""
    if not failing_test_build["built"] and not failing_test_build["ran"]:
        raise NotJudgedError(f"the stage failed before its tests ran, {failing_test_build['failure']}")
    ran = "it ran and failed, and" if failing_test_build["ran"] else "it was never run, and"
    return broken_at(
        [(failing_test_build["planted"], f"a failing test was planted here, {ran} the stage was built")]
        if failing_test_build["built"]
        else [],
        fix="run the tests in that stage, and let nothing swallow their exit code: no `|| true`, no pipe, no `;`",
    )
