"""What is kept of an earlier run counts only where the code that found it and the engine are the same."""

import ast
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from plimsoll import engine, inputs
from plimsoll.builds import proofs
from plimsoll.images import layer

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
        (layer.FOUND_BY, ["images/layer", "images/tree"]),
        (proofs.CODE, ["builds/rebuild", "builds/repeat", "builds/canary", "builds/context"]),
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
    told = {path.relative_to(LIBRARY).parts[0].removesuffix(".py") for path in reached}
    assert told <= set(names), f"{told - set(names)} decides too, and is not named"


@pytest.fixture
def copied(tmp_path):
    """A copy of the library to be edited, and a function that runs a script with it in a process of its own."""
    shutil.copytree(LIBRARY, tmp_path / "plimsoll", ignore=shutil.ignore_patterns("__pycache__"))

    def run(script):
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
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
        "from pathlib import Path; from plimsoll.images import image\n"
        "facts = image.from_archive(iter([Path('image.tar').read_bytes()]), 'made:here')\n"
        "print([each.what for _, each in facts.secrets], sorted(each.name for each in image.LAYERS.iterdir()))"
    )
    before = run(script)
    assert before.startswith("[] [")
    _edit(
        library / "images/secrets.py",
        "TOKENS = (\n",
        'TOKENS = (\n    _token("a new one", b"newtok_", rest=rb"[A-Za-z0-9]{20}"),\n',
    )
    after = run(script)
    assert after == before.replace("[]", "['a new one']"), "found, and kept in the place of what was kept before"


@pytest.mark.parametrize("module", ["builds/canary", "images/secrets", "texts/sources", "project/dockerfile", "engine"])
def test_an_experiment_is_made_again_after_an_edit(copied, module):
    library, run = copied
    script = "from plimsoll import inputs; from plimsoll.builds import proofs; print(inputs.code(*proofs.CODE))"
    before = run(script)
    assert run(script) == before
    with (library / f"{module}.py").open("a") as source:
        source.write("# An edit.\n")
    assert run(script) != before


DIGESTS = """
import sys
from pathlib import Path
from plimsoll.builds import proofs
from plimsoll.project import app
from plimsoll.suite import verdicts
from plimsoll.texts import linters
linters.TOOLS = Path(sys.argv[1])
folder = Path(sys.argv[2])
variant = app.Variant("mine", "prod", "plimsoll/mine:prod", folder, folder / "Dockerfile")
print(proofs.key_of(variant), verdicts.of_variant(variant))
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
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS, str(hadolint), str(folder)],
            env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", **environment},
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
