"""docs/verify.md: each of its commands, as it stands, against a registry and a key of this test's own."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest
import requests

from plimsoll import __version__
from workshop import listed
from workshop.root import ROOT
from workshop.suite import made

pytestmark = [pytest.mark.xdist_group("verify"), pytest.mark.app("go-gin")]

PAGE = (ROOT / "docs/verify.md").read_text()
SCRIPT = re.compile(r"```sh\n(.*?)```", re.DOTALL)
BLOCKS = {
    title: found[1]
    for title, _, text in (part.partition("\n") for part in PAGE.split("\n## ")[1:])
    if (found := SCRIPT.search(text))
}
FIRST = SCRIPT.search(PAGE)[1]
TAG = f"v{__version__}"
PROGRAMS = ("cosign", "docker-registry", "git", "make")

PUBLISH = """
import sys
from workshop.publishing import building, naming, plan, signing
from workshop.publishing.pushing import Target

planned = plan.make(sys.argv[1], sys.argv[2], ["go-gin"])
signer = signing.Signer(sys.argv[3])
signer.require()
for image in planned.images:
    archive = building.archives(planned)[image.app]
    target = Target(image.repository)
    target.push(archive)
    document = target.manifest(archive.root)
    signer.sign(f"{target.name}@{document.digest}")
    naming.name(planned, target, document)
"""
"""What `make publish` does but for judging, which is proved elsewhere and takes minutes."""


def git(folder, *words):
    who = ("-c", "user.name=x", "-c", "user.email=x@example.test", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def prepare(folder):
    """Give a clone this one's Python environment, of which git and make think nothing."""
    (folder / ".git/info/exclude").write_text("/.venv\n")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    # Else make would find the environment too old, and install this copy into it.
    for name in ("requirements.lock", "pyproject.toml"):
        os.utime(folder / name, (0, 0))


def run(folder, words, **variables):
    environment = made.environment(folder) | variables
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """A registry on loopback, and the path there."""
    if missing := [name for name in PROGRAMS if not shutil.which(name)]:
        pytest.skip(f"there is no {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("registry")
    settings = folder / "registry.yml"
    storage = {"filesystem": {"rootdirectory": str(folder)}}
    settings.write_text(json.dumps({"version": "0.1", "storage": storage, "http": {"addr": "127.0.0.1:0"}}))
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(["docker-registry", "serve", settings], stderr=log, stdout=log)
        try:
            yield f"{_address(folder / 'log')}/somebody"
        finally:
            process.terminate()
            process.wait(10)


def _address(log):
    """Where it listens, which it tells once it does."""
    for _ in range(100):
        if found := re.search(r"listening on (127\.0\.0\.1:\d+)", log.read_text()):
            requests.get(f"http://{found[1]}/v2/", timeout=10).raise_for_status()
            return found[1]
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def published(registry, tmp_path_factory):
    """A clone of a release whose image is in the registry, and the key that signed it."""
    folder = tmp_path_factory.mktemp("here") / "plimsoll"
    listed.copy(folder)
    for words in (["init"], ["add", "--all"], ["commit", "-m=x"], ["tag", TAG]):
        git(folder, *words)
    prepare(folder)
    keys = tmp_path_factory.mktemp("keys")
    for name in ("own", "other"):
        (keys / name).mkdir()
        done = run(keys / name, ["cosign", "generate-key-pair"], COSIGN_PASSWORD="")
        assert done.returncode == 0, done.stderr
    key = str(keys / "own/cosign.key")
    done = run(folder, [sys.executable, "-c", PUBLISH, registry, TAG, key], COSIGN_PASSWORD="")
    assert done.returncode == 0, done.stderr
    return folder, keys


@pytest.fixture(scope="module")
def reader(published, registry, tmp_path_factory):
    """Runs commands of the page in another clone, after those at its beginning."""
    origin, keys = published
    folder = tmp_path_factory.mktemp("elsewhere") / "another path"
    git(origin, "clone", "--quiet", ".", folder)
    prepare(folder)

    def read(commands, key="own"):
        shutil.copy2(keys / key / "cosign.pub", folder.parent)
        setting = FIRST.replace("registry.example/somebody", registry)
        assert setting != FIRST
        return run(folder, ["bash", "-euo", "pipefail", "-c", f"{setting}\necho $DIGEST\n{commands}"])

    read.folder = folder
    return read


def test_every_command_of_the_page_is_run_here():
    read = ("The signature", "The provenance", "What is inside", "By every rule")
    assert list(BLOCKS) == [*read, "The same digest from the same commit", "The wheel"]
    assert PAGE.count("```sh") == len(BLOCKS) + 1
    assert TAG in FIRST


def test_the_signature_is_on_the_digest_and_by_that_key_alone(reader):
    done = reader(BLOCKS["The signature"])
    assert done.returncode == 0, done.stderr
    digest, _, said = done.stdout.partition("\n")
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest)
    assert f'"docker-manifest-digest":"{digest}"' in said
    told = re.search(r"It says `(.+?)`", PAGE)[1]
    assert told in done.stderr
    done = reader(BLOCKS["The signature"], key="other")
    assert done.returncode != 0
    assert told not in done.stderr


def test_the_provenance_names_the_commit_and_the_bases(reader):
    done = reader(BLOCKS["The provenance"])
    assert done.returncode == 0, done.stderr
    commit = run(reader.folder, ["git", "rev-parse", "HEAD"]).stdout.strip()
    assert f'build-arg:REVISION": "{commit}' in done.stdout.splitlines()
    assert "pkg:docker/golang@1.26-trixie" in done.stdout.splitlines()


def test_the_sbom_names_the_modules_of_the_program(reader):
    done = reader(BLOCKS["What is inside"])
    assert done.returncode == 0, done.stderr
    required = re.findall(r"^(?:require |\t)(\S+) (v\S+)$", (ROOT / "go-gin/go.mod").read_text(), re.MULTILINE)
    assert required
    assert [name for name, version in required if f'"pkg:golang/{name}@{version}"' not in done.stdout] == []


def test_the_judge_finds_nothing_in_it(reader):
    done = reader(BLOCKS["By every rule"])
    assert done.returncode == 0, done.stdout + done.stderr
    rules = re.search(r"^0 findings; (\d+) rules judged 1 subject$", done.stdout, re.MULTILINE)
    assert int(rules[1]) > 30


def test_the_same_commit_is_the_same_digest_and_another_is_told(reader):
    script = BLOCKS["The same digest from the same commit"]
    done = reader(script)
    assert done.returncode == 0, done.stderr
    same = re.findall(r"^go-gin (linux/\w+) sha256:[0-9a-f]{64} is the same$", done.stdout, re.MULTILINE)
    assert len(same) == len(done.stdout.splitlines()) - 1 > 0

    git(reader.folder, "commit", "--allow-empty", "--quiet", "-m=another")
    git(reader.folder, "tag", "--force", TAG)
    done = reader(script)
    assert done.returncode != 0
    assert re.search(r"go-gin linux/\w+ is sha256:[0-9a-f]{64} here and sha256:[0-9a-f]{64} there", done.stderr)


def test_the_wheel_is_the_same_at_any_path(reader):
    done = reader(BLOCKS["The wheel"])
    assert done.returncode == 0, done.stderr
    own = run(ROOT, [sys.executable, "-m", "hatchling", "build", "--target=wheel", "--directory=build/verify"])
    assert own.returncode == 0, own.stderr
    (wheel,) = (ROOT / "build/verify").glob("*.whl")
    assert done.stdout.splitlines()[1] == f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}"
