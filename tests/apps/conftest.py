"""What the tests of several apps ask for."""

import pytest

from plimsoll.facts.run import container


@pytest.fixture
def python():
    """What a script prints that the image's own Python runs, under a read-only root; it must end well."""

    def run(image, script, *arguments):
        with container.started(image, entrypoint=["python", "-c", script, *arguments], read_only=True) as running:
            code = running.wait()
            said = running.logs()
        assert code == 0, said
        return said

    return run
