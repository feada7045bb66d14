"""The image to look around in is the one that is deployed, with tools laid on top."""

import pytest

from plimsoll.errors import PlimsollError
from plimsoll.facts.image import image
from plimsoll.facts.run import container


def test_debug_begins_with_the_layers_of_production(build_image):
    prod, debug = image.read(build_image(".")), image.read(build_image("--target=debug", "."))
    ours = [layer.digest for layer in prod.layers]
    assert [layer.digest for layer in debug.layers][: len(ours)] == ours
    assert len(debug.layers) == len(ours) + 1
    assert (debug.user, debug.entrypoint) == (prod.user, prod.entrypoint)


def test_only_debug_has_a_shell(build_image, said):
    prod, debug = build_image("."), build_image("--target=debug", ".")
    assert said(debug, "-c", "echo at work", entrypoint=["/bin/sh"]) == "at work"
    with pytest.raises(PlimsollError, match="can't be started"), container.started(prod, entrypoint=["/bin/sh"]):
        pass
    assert said(debug, "--version") == said(prod, "--version")
