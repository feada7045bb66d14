"""Rules about what a container can do without: privilege, a network, configuration that nobody gave."""

import pytest

from plimsoll.findings import forbid


@pytest.mark.serves
@pytest.mark.deployed
def test_runs_with_least_privilege(serving, confined):
    """What works read-only, without capabilities and as any user can be locked down by whoever deploys it."""
    forbid(
        (failure for failure in confined.failures if failure not in serving.failures),
        mend="keep what it writes in /tmp or a volume, and need no capability and no user of its own",
    )


@pytest.mark.serves
@pytest.mark.deployed
def test_starts_without_the_network(alone):
    """What a server can't reach when it starts it may reach a moment later: it must wait and say so, not give up."""
    forbid(
        [("", alone)] if alone else [],
        mend="ask for names and other services when they are needed, not at the start, and have all files in the image",
    )


@pytest.mark.serves
@pytest.mark.deployed
@pytest.mark.configured
def test_names_the_configuration_it_misses(variant, bare):
    """A variable that was forgotten is found in seconds where the program ends and names it, in hours where not."""
    names = sorted(variant.expected.environment)
    wanted = " or ".join(names)
    found = []
    if bare.code == 0:
        found.append(("", f"without {wanted} it ends with exit code 0, as if all were well"))
    elif bare.code is not None and not any(name in bare.said for name in names):
        found.append(("", f"without {wanted} it ends and does not name it, its last lines are\n{bare.said}"))
    found += [(asked, f"without {wanted} it goes on, and {what}") for asked, what in bare.unmet]
    forbid(found, mend="read all configuration at the start, and end with another exit code than 0 and the name missed")
