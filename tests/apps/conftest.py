"""What the tests of several apps ask for."""

import pytest

from plimsoll.facts.run import container
from workshop.root import PREFIX
from workshop.suite import plugin


@pytest.fixture
def prod(request):
    """The production image of the app that a test is about, or the image that is judged in its place."""
    (app,) = request.node.get_closest_marker("app").args
    return plugin.given(request.config).get(app, f"{PREFIX}{app}:prod")


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
