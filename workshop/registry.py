"""A machine whose engine has a registry: bases are pulled there, and nothing is stood in for.

The registry is Debian's, on loopback, the engine's mirror, and filled with images under official names. They are made
from the bases that are here, with what official images have and stand-ins lack laid on top. The engine there begins
with no image at all. What stands before the registry misbehaves when it is told to.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import subprocess
from typing import TYPE_CHECKING

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.say import saying
from workshop import bases, machines
from workshop.machines import TESTED, USER, Machine
from workshop.root import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from docker.models.containers import Container

FOLDER = ROOT / "tests/machines/registry"
IMAGE = "plimsoll/machine:registry"
PORT = 5000

OFFICIAL = [*sorted((FOLDER / "official").iterdir()), ROOT / "tests/field/official/nginx"]
"""What the images are made of, a folder each."""

MANIFEST = "application/vnd.oci.image.manifest.v1+json"

PYTEST = (".venv/bin/python", "-m", "pytest", "-q", "-rsf", "-p", "no:cacheprovider")

STAND_INS = f"! docker images --format='{{{{.Repository}}}} {{{{.ID}}}}' --filter=label={bases.LABEL} | grep ."

STEPS = {
    "registry: make bases": (USER, ("make", "bases")),
    # As root of that machine, who may tell the engine of another registry; before anything else keeps what is pulled.
    "registry: it misbehaves": ("root", (*PYTEST, "tests/machines/registry/faults.py")),
    "registry: by tag and by digest": (USER, (*PYTEST, "tests/machines/registry/bases.py")),
    **{f"registry: make test APP={app}": (USER, ("make", "test", f"APP={app}", "ARGS=-rsf")) for app in TESTED},
    "registry: no stand-in is there": (USER, ("sh", "-c", f"{STAND_INS} && echo 'all bases were pulled'")),
}
"""What is done there, with as whom it is done."""


def prove() -> tuple[str, bool]:
    """Do every step where a registry answers; a summary for people, and whether all of it is green.

    Raises:
        PlimsollError: the machine can't be made, or its engine does not start.

    """
    named = {folder: _base(folder) for folder in OFFICIAL}
    bases.ensure({name: str(folder.relative_to(ROOT)) for folder, name in named.items()})
    machines.make(machines.IMAGE, machines.FOLDER)
    machines.make(IMAGE, FOLDER)
    with machines.started(IMAGE, ports={f"{PORT}/tcp": ("127.0.0.1", None)}) as container:
        as_user = {user: Machine(container, user=user, environment={}) for user in (USER, "root")}
        said = as_user[USER].wait()
        with saying(f"filling the registry with {len(named)} images"):
            fill(_address(container), named)
        as_user[USER].take_files()
        done = [as_user[user].do(name, words) for name, (user, words) in STEPS.items()]
    return machines.summary(f"with a registry, as {USER}: {said}", done), all(each.code == 0 for each in done)


def _base(folder: Path) -> str:
    return next(iter(Dockerfile.read(folder / "Dockerfile").bases))


def _address(container: Container) -> str:
    """Where the registry is reached from here, and from the engine that the machine is a container of."""
    container.reload()
    (published,) = container.ports[f"{PORT}/tcp"] or []
    return f"127.0.0.1:{published['HostPort']}"


def fill(address: str, named: dict[Path, str]) -> None:
    """Build and push each folder's image under its name, with no label of ours.

    Raises:
        PlimsollError: one does not build, or the registry does not take it.

    """
    for folder, name in named.items():
        pushed = f"type=image,name={address}/library/{name},push=true,store=false,oci-mediatypes=true"
        done = subprocess.run(
            ["docker", "buildx", "build", "--quiet", "--provenance=false", f"--output={pushed}", str(folder)],
            env=engine.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise PlimsollError(f"{folder} is not pushed: {done.stderr.strip()[-300:]}", "fix its Dockerfile")
        _without_our_labels(address, *name.split(":"))


def _without_our_labels(address: str, name: str, tag: str) -> None:
    """Give an image there the configuration that it has, but for what says that it was made from a stand-in."""
    registry = http.client.HTTPConnection(address)

    def ask(method: str, path: str, content: bytes | None = None, **headers: str) -> tuple[bytes, str]:
        typed = {key.replace("_", "-"): value for key, value in headers.items()}
        registry.request(method, path, content, typed)
        answer = registry.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise PlimsollError(f"the registry does not take {name}: {said!r}", f"see {FOLDER}/registry.yml")
        return said, answer.getheader("Location") or ""

    repository = f"/v2/library/{name}"
    manifest = json.loads(ask("GET", f"{repository}/manifests/{tag}", Accept=MANIFEST)[0])
    config = json.loads(ask("GET", f"{repository}/blobs/{manifest['config']['digest']}")[0])
    labels = config["config"].get("Labels") or {}
    config["config"]["Labels"] = {key: value for key, value in labels.items() if not key.startswith("plimsoll.")}
    content = json.dumps(config).encode()
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    _, place = ask("POST", f"{repository}/blobs/uploads/", b"")
    ask("PUT", f"{place}&digest={digest}", content, Content_Type="application/octet-stream")
    manifest["config"] |= {"digest": digest, "size": len(content)}
    ask("PUT", f"{repository}/manifests/{tag}", json.dumps(manifest).encode(), Content_Type=MANIFEST)
