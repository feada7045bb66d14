"""What is kept of an earlier run counts only where the code that found it and the engine are the same."""

import ast
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from plimsoll import caches, engine, inputs
from plimsoll.facts.build import memo
from plimsoll.facts.image import layer
from workshop import bases
from workshop.root import ROOT

pytestmark = pytest.mark.engine

LIBRARY = inputs.LIBRARY


def _imported(path):
    """The modules of the library that a module imports when it runs."""
    for node in ast.walk(_running(ast.parse(path.read_text()))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "plimsoll":
            folder = LIBRARY.joinpath(*node.module.split(".")[1:])
            if folder.with_suffix(".py").exists():
                yield folder.with_suffix(".py")
            else:
                yield from (folder / f"{each.name}.py" for each in node.names if (folder / f"{each.name}.py").exists())


def _running(tree):
    """A module without what only a type checker reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    return tree


@pytest.mark.parametrize(
    ("names", "modules"),
    [
        (layer.FOUND_BY, ["facts/image/layer", "facts/image/tree"]),
        (memo.CODE, ["facts/build/rebuild", "facts/build/repeat", "facts/build/canary", "facts/build/context"]),
    ],
    ids=["layers", "experiments"],
)
def test_all_the_code_that_finds_a_fact_is_in_its_digest(names, modules):
    reached, waiting = set(), [(LIBRARY / name).with_suffix(".py") for name in modules]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += _imported(path)
    assert len(reached) > len(modules)
    decides = {str(path.relative_to(LIBRARY).with_suffix("")) for path in reached}
    unnamed = {each for each in decides if not f"{each}/".startswith(tuple(f"{name}/" for name in names))}
    assert not unnamed, f"{unnamed} decides too, and is not named"


@pytest.fixture
def copied(tmp_path):
    """A copy of the library to be edited, and a function that runs a script with it in a process of its own."""
    shutil.copytree(LIBRARY, tmp_path / "plimsoll", ignore=shutil.ignore_patterns("__pycache__", "data"))

    def run(script):
        environment = {
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "PYTHONDONTWRITEBYTECODE": "1",
            caches.ENVIRONMENT: str(tmp_path / "cache"),
        }
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    return tmp_path / "plimsoll", run


def _edit(file, old, new):
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_a_pattern_that_is_added_is_looked_for_in_a_layer_that_was_read_before(made, copied, tmp_path):
    library, run = copied
    (tmp_path / "image.tar").write_bytes(made.saved(made.tar(("app/settings", b"x = 'newtok_7Hq2Zk9Vb4Tn1Xc8Wm5R'\n"))))
    script = (
        "from pathlib import Path; from plimsoll import caches; from plimsoll.facts.image import archive, image\n"
        "facts = image.from_parts(archive.parts(iter([Path('image.tar').read_bytes()])), 'it', 'made:here', '')\n"
        "kept = sorted(each.name for each in caches.folder(image.LAYERS).iterdir())\n"
        "print([each.what for _, each in facts.secrets], kept)"
    )
    before = run(script)
    assert before.startswith("[] [")
    _edit(
        library / "facts/secrets/kinds.py",
        "\nKINDS = (\n",
        '\nKINDS = (\n    _kind("a new one", "newtok_", Run(ALL, 20)),\n',
    )
    after = run(script)
    assert after == before.replace("[]", "['a new one']"), "found, and kept in the place of what was kept before"


@pytest.mark.parametrize(
    "module", ["facts/build/canary", "facts/secrets/kinds", "facts/text/sources", "parsing/dockerfile", "engine"]
)
def test_an_experiment_is_made_again_after_an_edit(copied, module):
    library, run = copied
    script = "from plimsoll import inputs; from plimsoll.facts.build import memo; print(inputs.code(*memo.CODE))"
    before = run(script)
    assert run(script) == before
    with (library / f"{module}.py").open("a") as source:
        source.write("# An edit.\n")
    assert run(script) != before


DIGESTS = """
import sys
from pathlib import Path
from types import SimpleNamespace
from plimsoll.facts.build import memo
from workshop.suite import results
from plimsoll import inputs
from plimsoll.subject import Variant
inputs.HADOLINT = Path(sys.argv[1]) / "hadolint"
folder = Path(sys.argv[2])
variant = Variant("mine", "prod", "plimsoll/mine:prod", folder, folder / "Dockerfile")
print(memo.key_of(variant), results.of_variant(variant))
"""


@pytest.fixture
def digests(tmp_path):
    """What an experiment and a rule's verdict rest on, with other tools or another address."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\n")

    def pretend(name, answer, *arguments):
        real = shutil.which(name) or str(Path(sys.prefix, "bin", name))
        asked = " ".join(arguments)
        file = tmp_path / "tools" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(
            f'#!/bin/sh\nif [ "$*" = "{asked}" ]; then echo {shlex.quote(answer)}; else exec {real} "$@"; fi\n'
        )
        file.chmod(0o755)

    def run(**environment):
        tools = tmp_path / "tools"
        hadolint = tools if (tools / "hadolint").exists() else Path(sys.prefix, "bin")
        here = {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS, str(hadolint), str(folder)],
            env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", **here, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    return pretend, run


@pytest.mark.parametrize(
    ("plugin", "answer"),
    [("buildx", "github.com/docker/buildx v99.0.1 abc"), ("compose", "Docker Compose version v99.0.1")],
)
def test_another_plugin_changes_what_is_known(digests, plugin, answer):
    pretend, run = digests
    before = run()
    assert run() == before
    pretend("docker", answer, plugin, "version")
    assert not set(run()) & set(before)


def test_another_address_changes_what_is_known(digests, tmp_path):
    """Another engine may answer there, of the same version."""
    _, run = digests
    if not engine.host().startswith("unix://"):
        pytest.skip("the engine is reached by no socket, which could have two addresses")
    address = tmp_path / "other.sock"
    address.symlink_to(engine.host().removeprefix("unix://"))
    assert not set(run(DOCKER_HOST=f"unix://{address}")) & set(run(DOCKER_HOST=engine.host()))


def test_another_hadolint_changes_what_rules_are_known_to_hold(digests):
    pretend, run = digests
    experiment, verdict = run()
    pretend("hadolint", "Haskell Dockerfile Linter 99.0.1", "--version")
    again, other = run()
    assert again == experiment
    assert other != verdict


def test_a_variable_that_reaches_the_builder_changes_what_is_known(digests):
    _, run = digests
    assert not set(run(DOCKER_DEFAULT_PLATFORM="linux/arm64")) & set(run())


def test_a_file_that_git_ignores_and_copy_takes_changes_what_is_known(digests, tmp_path):
    _, run = digests
    before = run()
    (tmp_path / "mine/.gitignore").write_text("made\n")
    ignored = run()
    (tmp_path / "mine/made").write_text("by a tool")
    assert not set(before) & set(ignored)
    assert not set(ignored) & set(run())


@pytest.mark.parametrize("listed", [False, True])
def test_an_image_without_a_tag_is_the_latest(monkeypatch, listed):
    """Whether a few are asked for or all have been listed before."""
    here, asked = {"debian:latest": "sha256:1", "port:5000/a:latest": "sha256:2"}, []
    monkeypatch.setattr(engine, "images", lambda *names: asked.append(sorted(names)) or here)
    monkeypatch.setattr(inputs, "_every", {})
    inputs._some.cache_clear()
    if listed:
        inputs.list_images()
    assert inputs.images(["debian", "port:5000/a", "debian:12", "debian@sha256:3"]) == [
        *("sha256:1", "sha256:2"),
        *("debian:12", "debian@sha256:3"),
    ]
    few = ["debian:12", "debian:latest", "debian@sha256:3", "port:5000/a:latest"]
    assert asked == ([[]] if listed else [few])
    inputs._some.cache_clear()


def test_no_image_is_looked_for_by_a_pattern(monkeypatch):
    """A name that the engine would take for a pattern is nobody's; without any other name, nothing is asked."""
    monkeypatch.setattr(engine, "images", lambda *names: pytest.fail(f"asked for {names}"))
    monkeypatch.setattr(inputs, "_every", {})
    assert inputs.images(["a*", "b[c]:1"]) == ["a*", "b[c]:1"]


def test_a_stand_in_is_made_anew_once_its_folder_has_changed(monkeypatch, tmp_path):
    names = ["busybox:1.37-musl", "golang:1.26-trixie"]
    made = {name: {bases.LABEL: "Debian", bases.MADE_FROM: bases.made_from(name)} for name in names}
    client = SimpleNamespace(images=SimpleNamespace(get=lambda name: SimpleNamespace(labels=made[name])))
    monkeypatch.setattr(engine, "client", lambda: client)
    assert not bases._is_outdated("busybox:1.37-musl")
    shutil.copytree(ROOT / "bases", tmp_path / "bases")
    with (tmp_path / "bases/busybox/Dockerfile").open("a") as dockerfile:
        dockerfile.write("# An edit.\n")
    monkeypatch.setattr(bases, "ROOT", tmp_path)
    assert bases._is_outdated("busybox:1.37-musl")
    assert not bases._is_outdated("golang:1.26-trixie")
    made["busybox:1.37-musl"].pop(bases.LABEL)
    assert not bases._is_outdated("busybox:1.37-musl"), "an official image is nobody's stand-in"
