"""Signing by digest, and verifying that: what cosign does, with a key or, in a workflow, with who runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.registries import trust
from workshop import engine_setup, packages
from workshop.publishing.building import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COSIGN = "cosign"
PASSPHRASE = "COSIGN_PASSWORD"  # noqa: S105 - the name of a variable
TIMEOUT = 300.0
"""Seconds after which cosign is given up."""

ISSUER = "https://token.actions.githubusercontent.com"
IDENTITY = "ACTIONS_ID_TOKEN_REQUEST_URL"
"""The variable by which a workflow on GitHub may ask for a token that says which it is."""

NOWHERE = {"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json", "rekorTlogConfig": {}, "tsaConfig": {}}
"""A signing configuration that names no log and nobody who gives the time: a key alone is enough to verify."""

CAUSES = {
    "decryption failed": (f"{PASSPHRASE} is not the passphrase of {{key}}", f"set {PASSPHRASE} to that of the key"),
    "no such file": ("there is no key {key}", "name yours (KEY=cosign.key), or make one: `cosign generate-key-pair`"),
    "ioctl for device": (f"{{key}} has a passphrase, and {PASSPHRASE} is not set", f"set {PASSPHRASE} to it"),
}
"""What cosign says of a key that it can't use: the cause and the remedy as they are told."""


def ensure() -> None:
    """Have cosign: install Debian's where it is missing.

    Raises:
        PlimsollError: it can't be had here.

    """
    if shutil.which(COSIGN):
        return
    missing, remedy = f"there is no `{COSIGN}`, which signs what is published", "install it: Debian testing has it"
    if packages.distribution() != "debian" or os.geteuid() != 0:
        raise PlimsollError(missing, remedy)
    packages.require_allowed(missing, remedy)
    offered = engine_setup.SOURCES.exists()
    packages.announce([COSIGN], "Debian testing", () if offered else (engine_setup.SOURCES, engine_setup.PREFERENCES))
    if not offered:
        engine_setup.offer_testing()
    packages.install([COSIGN])


@dataclass(frozen=True)
class Signer:
    """Who signs.

    Attributes:
        key: a file with a private key, or the address of one elsewhere, as cosign takes it; empty for a workflow.

    """

    key: str

    def require(self) -> None:
        """See that it can sign, before anything is done.

        Raises:
            PlimsollError: there is nothing to sign with, or no passphrase, or the wrong one.

        """
        ensure()
        FOLDER.mkdir(parents=True, exist_ok=True)
        if self.key:
            done = _cosign("public-key", "--key", self.key)
            if done.returncode != 0:
                raise self._refused(done.stderr)
            self._public.write_text(done.stdout)
            self._configuration.write_text(json.dumps(NOWHERE))
        elif not os.environ.get(IDENTITY):
            raise PlimsollError(
                "there is nothing to sign with",
                "name a key (KEY=cosign.key; `cosign generate-key-pair` makes one), or publish from a workflow",
            )

    def is_signed(self, image: str) -> bool:
        """Whether an image, named by its digest, is signed by it."""
        return _cosign("verify", *self._verified_by, *_registry(image), image).returncode == 0

    def sign(self, image: str) -> None:
        """Sign an image, named by its digest, unless that is done, and verify the signature.

        Raises:
            PlimsollError: it can't be signed, or what the registry then gives does not verify.

        """
        if self.is_signed(image):
            return
        chosen = ["--key", self.key, "--signing-config", str(self._configuration)] if self.key else []
        done = _cosign("sign", "--yes", *chosen, *_registry(image), image)
        if done.returncode != 0:
            raise self._refused(done.stderr, image)
        done = _cosign("verify", *self._verified_by, *_registry(image), image)
        if done.returncode != 0:
            raise PlimsollError(
                f"the signature of {image} does not verify, {_last(done.stderr)}", "publish it no further"
            )

    @property
    def _public(self) -> Path:
        return FOLDER / "cosign.pub"

    @property
    def _configuration(self) -> Path:
        return FOLDER / "signing.json"

    @property
    def _verified_by(self) -> list[str]:
        if self.key:
            # There is none: see `NOWHERE`.
            return ["--key", str(self._public), "--insecure-ignore-tlog=true"]
        return [f"--certificate-oidc-issuer={ISSUER}", f"--certificate-identity={_workflow(os.environ)}"]

    def _refused(self, said: str, image: str = "") -> PlimsollError:
        for words, (cause, remedy) in CAUSES.items():
            if words in said:
                return PlimsollError(cause.format(key=self.key), remedy)
        what = f"{image} is not signed" if image else f"{self.key} is no key to sign with"
        return PlimsollError(f"{what}, {_last(said)}", "fix that, then run this again")


def _workflow(environment: Mapping[str, str]) -> str:
    """The workflow that runs, as a certificate names it."""
    return f"{environment.get('GITHUB_SERVER_URL', '')}/{environment.get('GITHUB_WORKFLOW_REF', '')}"


def _registry(image: str) -> list[str]:
    """How cosign is told whom the registry's certificate may be signed by, where its engine is told so."""
    named = trust.of_engines(image.partition("/")[0])
    return [f"--registry-cacert={named[0]}"] if named else []


def _cosign(*arguments: str) -> subprocess.CompletedProcess[str]:
    # It follows another variable for what requests follows.
    bundle = next((os.environ[each] for each in trust.BUNDLES if os.environ.get(each)), "")
    environment = {**({"SSL_CERT_FILE": bundle} if bundle else {}), **os.environ}
    try:
        return subprocess.run(
            [COSIGN, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise PlimsollError(f"{COSIGN} {arguments[0]} does not end within {TIMEOUT:.0f} s", "try again") from error


def _last(said: str) -> str:
    lines = [line.removeprefix("Error: ") for line in said.splitlines() if line.startswith("Error: ")]
    return lines[-1] if lines else (said.strip().splitlines() or ["no reason given"])[-1]
