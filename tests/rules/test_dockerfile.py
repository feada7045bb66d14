"""Rules about a Dockerfile's text: those of BuildKit and hadolint, shown in this suite's own form."""

from plimsoll.findings import forbid


def test_docker_build_check_finds_nothing(remarks):
    """BuildKit knows best what it will do with a Dockerfile, and warns of what surprises people."""
    found = [(each.place, f"{each.rule}, {each.text}") for each in remarks if not each.rule.startswith(("DL", "SC"))]
    forbid(found, mend="mend what `docker build --check` warns of; its reference explains every rule")


def test_hadolint_finds_nothing(remarks):
    """Hadolint knows the habits that cost size, safety or repeatability, ShellCheck's included."""
    found = [(each.place, f"{each.rule}, {each.text}") for each in remarks if each.rule.startswith(("DL", "SC"))]
    forbid(found, mend="mend it, or ignore it on that line with the reason: `# hadolint ignore=...`")
