"""Rules about an image at rest: what it holds and how it says it is to be run."""

import pytest

from plimsoll.findings import forbid
from plimsoll.units import show_size

SHELLS = (
    "bin/sh",
    "bin/bash",
    "bin/ash",
    "bin/dash",
    "bin/busybox",
    "usr/bin/sh",
    "usr/bin/bash",
    "usr/bin/zsh",
)


@pytest.mark.budgeted
def test_fits_its_budget(variant, facts):
    """An image grows by accident and never shrinks by one: every megabyte is pulled by every host, every time."""
    budget = variant.expected.max_size
    largest = sorted((entry for entry, _ in facts.files.values()), key=lambda entry: -entry.size)[:5]
    assert facts.size <= budget, (
        f"{variant} is {show_size(facts.size)}, {show_size(facts.size - budget)} over its {show_size(budget)}. "
        "Its largest files: " + ", ".join(f"/{entry.path} {show_size(entry.size)}" for entry in largest)
    )


@pytest.mark.deployed
def test_promised_programs_are_static(variant, facts):
    """A program with no loader and no library starts on any base, `scratch` first of all."""
    for path in variant.expected.static:
        program = facts.elf(path)
        assert program is not None, f"{variant} has no program {path}, which plimsoll.toml promises to be static"
        assert program.static, (
            f"{path} asks for the loader {program.interpreter or '-'} and for {', '.join(program.needed) or '-'}: "
            "build it with CGO_ENABLED=0 (Go) or `-C target-feature=+crt-static` (Rust)"
        )


@pytest.mark.started
def test_runs_as_a_numeric_non_root_user(facts):
    """Root in a container is root on the host once anything leaks; a number needs no /etc/passwd to be checked."""
    user = facts.user.partition(":")[0]
    assert user.isdigit(), (
        f"{facts.name} runs as {facts.user or 'root'!r}: end its Dockerfile with a number, `USER 65532:65532`, "
        "which an orchestrator can tell from root without the image's files"
    )
    assert int(user) != 0, f"{facts.name} runs as root (USER {facts.user}): give it a number above 0"


@pytest.mark.deployed
def test_has_no_shell(facts):
    """Whoever breaks in finds no tool to go on with; the `debug` variant has them."""
    found = [(f"/{path}", "a shell") for path in SHELLS if facts.find(path)]
    forbid(found, mend="start the last stage from scratch, and add tools in a `debug` stage on top of it only")


@pytest.mark.started
def test_entrypoint_is_in_exec_form(facts):
    """A shell as the first process keeps signals from the program, so that it is killed instead of stopped."""
    words = facts.entrypoint
    assert words, f"{facts.name} has neither ENTRYPOINT nor CMD: say what it runs"
    assert words[:2] != ["/bin/sh", "-c"], (
        f'{facts.name} starts {words!r} through a shell: write it as a JSON array, `ENTRYPOINT ["/app"]`'
    )
