"""The same build twice, compared byte for byte."""

from __future__ import annotations

import itertools
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from plimsoll import caches
from plimsoll.facts.build import memo, oci, rebuild

if TYPE_CHECKING:
    import tarfile

    from plimsoll.facts.build.oci import Archive
    from plimsoll.subject import Variant

SECOND = 1.1
"""Seconds after which a clock that counts whole ones shows another."""


class ReproducibleBuild(TypedDict):
    """How two builds of the same input differ.

    Attributes:
        place: the layer, or the configuration, in which they differ first; empty where they are the same.
        found: the first file in it that differs, and how.

    """

    place: str
    found: str


def reproducible_build(variant: Variant) -> ReproducibleBuild:
    """How a build without the cache differs from the one before; found out once for one input."""
    return memo.remembered("repeated", variant, lambda: _reproducible_build(variant))


def _reproducible_build(variant: Variant) -> ReproducibleBuild:
    with rebuild.copy(variant) as folder, tempfile.TemporaryDirectory(dir=caches.folder("tmp")) as temporary:
        first = _built(variant, folder, Path(temporary, "first.tar"))
        second = _built_anew(variant, folder, Path(temporary, "second.tar"))
        if (facts := _compared(first, second))["place"]:
            # What came from the cache may be older than what it was fetched from; both of these are new.
            first = _built_anew(variant, folder, first)
            facts = _compared(first, second)
        return facts


def _built_anew(variant: Variant, folder: Path, archive: Path) -> Path:
    """Build without the cache, and in another second than the build before: a clock may be what differs."""
    time.sleep(SECOND)
    return _built(variant, folder, archive, *rebuild.ANEW)


def _built(variant: Variant, folder: Path, archive: Path, *arguments: str) -> Path:
    """Build into an archive, with every time set to the same one."""
    output = f"--output=type=oci,dest={archive},rewrite-timestamp=true,compression=uncompressed,force-compression=true"
    record = rebuild.run(variant, folder, output, "--provenance=false", *arguments, SOURCE_DATE_EPOCH="0")
    rebuild.succeeded(variant, record)
    return archive


def _compared(first: Path, second: Path) -> ReproducibleBuild:
    one, other = oci.Archive(first), oci.Archive(second)
    for blob, against in itertools.zip_longest(one.blobs(), other.blobs()):
        if blob == against or (blob and blob.what == "manifest"):
            continue
        if blob is None or against is None:
            return ReproducibleBuild(place="the manifest", found="one has more layers than the other")
        if blob.what == "layer":
            found = _differing(one, blob.digest, other, against.digest)
            return ReproducibleBuild(place=f"layer {blob.digest}", found=found)
    digests = [{blob for blob in each.blobs() if blob.what == "configuration"} for each in (one, other)]
    if digests[0] != digests[1]:
        return ReproducibleBuild(place="the configuration", found="it differs, and no layer does")
    return ReproducibleBuild(place="", found="")


def _differing(one: Archive, digest: str, other: Archive, against: str) -> str:
    """The first entry in which two layers differ, and how."""
    for mine, theirs in itertools.zip_longest(one.files(digest), other.files(against)):
        if mine is None or theirs is None:
            return f"/{(mine or theirs)[0].name} is there only once"
        (entry, content), (twin, copy) = mine, theirs
        if entry.name != twin.name:
            return f"/{entry.name} stands where /{twin.name} does the second time"
        if content != copy:
            at = next((at for at, (a, b) in enumerate(zip(content, copy, strict=False)) if a != b), len(content))
            return f"/{entry.name} differs from byte {at}, {content[at : at + 24]!r} and {copy[at : at + 24]!r}"
        if _metadata(entry) != _metadata(twin):
            return f"/{entry.name} differs in mode, owner, time or link"
    return "the entries are the same, and their headers are not"


def _metadata(entry: tarfile.TarInfo) -> tuple[object, ...]:
    return entry.mode, entry.uid, entry.gid, entry.mtime, entry.type, entry.linkname
