"""An SBOM in SPDX 2.3: packages, the files of each, and what is linked into what."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from license_expression import get_spdx_licensing
from spdx_tools.spdx.model import (
    Actor,
    ActorType,
    Checksum,
    ChecksumAlgorithm,
    CreationInfo,
    Document,
    ExternalPackageRef,
    ExternalPackageRefCategory,
    File,
    PackagePurpose,
    Relationship,
    RelationshipType,
    SpdxNoAssertion,
)
from spdx_tools.spdx.model import Package as SpdxPackage
from spdx_tools.spdx.spdx_element_utils import calculate_package_verification_code

if TYPE_CHECKING:
    from datetime import datetime

    from workshop.sbom.explained import Explained
    from workshop.sbom.package import Package

NAMESPACE = "https://example.org/plimsoll/sbom/"
TOOL = "plimsoll-sbom"
ROOT = "SPDXRef-Image"


def document(explained: Explained, created: datetime) -> Document:
    """The SBOM of an image, the same whenever the same image is told of.

    Args:
        explained: what it consists of.
        created: the time that stands in it.

    """
    files = {path: _file(explained, path) for path in explained.owners}
    owned: dict[Package, list[File]] = {package: [] for package in explained.packages}
    for path, owners in explained.owners.items():
        for package in owners:
            owned[package].append(files[path])
    packages = [_package(package, inside) for package, inside in owned.items()]
    name = explained.own.name
    told = "\n".join([name, *(f"{package.spdx_id}" for package in packages), *map(str, _sums(files.values()))])
    info = CreationInfo(
        "SPDX-2.3",
        "SPDXRef-DOCUMENT",
        name,
        NAMESPACE + hashlib.sha256(told.encode()).hexdigest(),
        [Actor(ActorType.TOOL, TOOL)],
        created,
        data_license="CC0-1.0",
    )
    image = SpdxPackage(
        ROOT, name, SpdxNoAssertion(), files_analyzed=False, primary_package_purpose=PackagePurpose.CONTAINER
    )
    return Document(info, [image, *packages], list(files.values()), relationships=_relationships(explained, owned))


def _relationships(explained: Explained, owned: dict[Package, list[File]]) -> list[Relationship]:
    rows = [("SPDXRef-DOCUMENT", RelationshipType.DESCRIBES, ROOT)]
    rows += [(ROOT, RelationshipType.CONTAINS, _id(package)) for package in owned]
    rows += [
        (_id(package), RelationshipType.CONTAINS, file.spdx_id) for package, files in owned.items() for file in files
    ]
    rows += [
        (_id(package), RelationshipType.STATIC_LINK, _id(each))
        for package, linked in sorted(explained.linked.items(), key=lambda row: row[0].purl)
        for each in sorted(linked, key=lambda each: each.purl)
    ]
    return [Relationship(*row) for row in rows]


def _id(package: Package) -> str:
    return f"SPDXRef-Package-{hashlib.sha256(package.purl.encode()).hexdigest()[:16]}"


def _file(explained: Explained, path: str) -> File:
    return File(
        f"./{path}",
        f"SPDXRef-File-{hashlib.sha256(path.encode(errors='surrogateescape')).hexdigest()[:16]}",
        [
            Checksum(ChecksumAlgorithm.SHA1, explained.image.digest(path, "sha1")),
            Checksum(ChecksumAlgorithm.SHA256, explained.image.digest(path)),
        ],
    )


def _sums(files: object) -> list[str]:
    return [sum_.value for file in files for sum_ in file.checksums]  # type: ignore[attr-defined]


def _package(package: Package, files: list[File]) -> SpdxPackage:
    references = [
        ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", package.purl),
        *(
            [ExternalPackageRef(ExternalPackageRefCategory.SECURITY, "cpe23Type", package.platform)]
            if package.cpe
            else []
        ),
    ]
    return SpdxPackage(
        _id(package),
        package.name,
        SpdxNoAssertion(),
        version=package.version or None,
        files_analyzed=bool(files),
        verification_code=calculate_package_verification_code(files) if files else None,
        checksums=[Checksum(ChecksumAlgorithm.SHA256, package.sha256)] if package.sha256 else [],
        license_declared=_licence(package.licence),
        external_references=references,
    )


def _licence(told: str) -> object:
    """The licence that a package says it has, where SPDX knows it."""
    licensing = get_spdx_licensing()
    if not told or licensing.validate(told).errors:
        return SpdxNoAssertion()
    return licensing.parse(told, validate=True)
