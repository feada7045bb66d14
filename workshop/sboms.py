"""The SBOM of an image that is built here: the generator that writes it, and how a build is told to ask for it."""

from __future__ import annotations

import subprocess

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.parsing.dockerfile import Dockerfile
from workshop import bases
from workshop.root import ROOT

FOLDER = ROOT / "workshop/sbom"
GENERATOR = "plimsoll/sbom:1"
"""The image that BuildKit starts for each image that it attests; the builder takes it from the engine, where it is."""


def ensure_generator() -> str:
    """Have the generator as its folder describes it; its name.

    Raises:
        PlimsollError: its base can't be had, or it does not build.

    """
    file = FOLDER / "Dockerfile"
    bases.ensure({name: f"{file.relative_to(ROOT)}:{line}" for name, line in Dockerfile.read(file).bases.items()})
    arguments = [f"--build-arg={name}" for name in engine.proxies()]
    done = subprocess.run(
        ["docker", "buildx", "build", "--quiet", f"--tag={GENERATOR}", *arguments, str(FOLDER)],
        env=engine.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        cause = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise PlimsollError(f"{file.parent.relative_to(ROOT)} does not build, {cause}", "fix that, then run this again")
    return GENERATOR


def attestation(name: str, version: str = "", created: str = "") -> str:
    """What `--attest` of a build is, or `--set=TARGET.attest=` of bake, so that its image gets an SBOM.

    Args:
        name: what the image is an image of; what its own manifest says goes before.
        version: its version, empty where it has none.
        created: the time that the SBOM tells, as RFC 3339 writes it; empty for the beginning of 1970.

    """
    told = {"generator": GENERATOR, "name": name, "version": version, "created": created}
    return ",".join(["type=sbom", *(f"{key}={value}" for key, value in told.items() if value)])
