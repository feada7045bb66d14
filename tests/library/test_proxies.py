"""Who can install only through a proxy can build: a build is told of it, and the image does not tell."""

import json
import uuid

import pytest

from plimsoll import engine
from plimsoll.facts.build import bake, rebuild
from plimsoll.subject import Variant

pytestmark = pytest.mark.engine

PROXY = "http://proxy.test:3128"
NAMES = [name for each in engine.PROXIES for name in (each, each.lower())]


@pytest.fixture
def behind(monkeypatch):
    """Set the proxy, as a process that begins has it set."""

    def set_():
        monkeypatch.setenv("HTTPS_PROXY", PROXY)
        engine.environment.cache_clear()

    engine.environment.cache_clear()
    yield set_
    monkeypatch.undo()
    engine.environment.cache_clear()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An image whose build fails where it is not told of the proxy."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    # Never from the cache: the proxy is no part of what a step is known by.
    step = f'RUN : {uuid.uuid4().hex}; echo "$HTTPS_PROXY" | grep -q :3128'
    (tmp_path / "Dockerfile").write_text(f"FROM busybox:1.37-musl\n{step}\nUSER 65532:65532\n")
    return tmp_path


@pytest.fixture
def image(folder):
    name = f"plimsoll/made-for-a-test:{uuid.uuid4().hex[:12]}"
    (folder / "docker-bake.hcl").write_text(f'target "default" {{\n  tags = ["{name}"]\n}}\n')
    yield name
    if engine.images(name):
        engine.client().images.remove(name, force=True)


def test_a_graph_of_builds_is_told_and_no_image_keeps_it(folder, image, behind):
    assert bake.bake(files=["docker-bake.hcl"], folder=folder, quiet=True).code != 0
    behind()
    assert bake.bake("--load", files=["docker-bake.hcl"], folder=folder, quiet=True).code == 0
    made = engine.client().images.get(image)
    assert PROXY not in json.dumps([made.attrs, made.history()])


def test_a_build_that_is_an_experiment_is_told_as_well(folder, behind):
    variant = Variant("own", "own", "own", folder=folder, file=folder / "Dockerfile")
    assert rebuild.run(variant, folder).code != 0
    behind()
    assert rebuild.run(variant, folder).code == 0


@pytest.mark.parametrize(("set_", "told"), [({}, []), ({"no_proxy": "x", "HTTP_PROXY": ""}, ["no_proxy"])])
def test_only_what_is_set_is_told(monkeypatch, set_, told):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in set_.items():
        monkeypatch.setenv(name, value)
    assert engine.proxies() == told
