"""Rules about a Dockerfile's text: those of BuildKit and hadolint, shown in this suite's own form."""

from plimsoll import linters


def _listed(findings):
    return "\n".join(f"  {finding}" for finding in findings)


def test_docker_build_check_finds_nothing(variant, dockerfile):
    """BuildKit knows best what it will do with a Dockerfile, and warns of what surprises people."""
    findings = linters.check(variant)
    assert not findings, f"`docker build --check` of {dockerfile.path} finds, and wants mended:\n{_listed(findings)}"


def test_hadolint_finds_nothing(dockerfile):
    """Hadolint knows the habits that cost size, safety or repeatability, ShellCheck's included."""
    findings = linters.hadolint(dockerfile.path)
    assert not findings, f"hadolint finds, and wants mended or ignored with a reason:\n{_listed(findings)}"
