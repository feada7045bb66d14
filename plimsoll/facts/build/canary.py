"""A build with random secrets, and every place in which they are found afterwards."""

from __future__ import annotations

import base64
import gzip
import json
import secrets
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import caches
from plimsoll.facts.build import memo, oci, rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.build.oci import Archive
    from plimsoll.facts.build.record import Record
    from plimsoll.subject import Variant

GZIP = b"\x1f\x8b"

LARGEST = 64 * 10**6
"""Bytes of what a file unpacks to that are searched."""


def leaked_secrets(variant: Variant) -> list[tuple[str, str]]:
    """The places in which a build's secrets are found afterwards, and in what form; found out once for one input."""
    return memo.remembered("canary", variant, lambda: _leaked(variant))


def names(variant: Variant) -> set[str]:
    """The names of the secrets that a variant's build asks for."""
    stages = variant.dockerfile.needed(variant.stage)
    mounts = [mount for stage in stages for each in stage.all("RUN") for mount in each.flag("mount")]
    options = [dict(option.partition("=")[::2] for option in mount.split(",")) for mount in mounts]
    named = [
        option.get("id") or Path(option.get("target", "")).name for option in options if option["type"] == "secret"
    ]
    return {name for name in named if name}


def _leaked(variant: Variant) -> list[tuple[str, str]]:
    with rebuild.copy(variant) as folder, tempfile.TemporaryDirectory(dir=caches.folder("tmp")) as temporary:
        canaries = {name: secrets.token_urlsafe(24) for name in sorted(names(variant))}
        archive, cache = Path(temporary, "image.tar"), Path(temporary, "cache")
        arguments = []
        for name, canary in canaries.items():
            Path(temporary, name).write_text(canary)
            arguments.append(f"--secret=id={name},src={Path(temporary, name)}")
        record = rebuild.run(
            variant,
            folder,
            *arguments,
            # A step is cached whatever its secret is: only a new run gets to see the canary.
            *rebuild.ANEW,
            "--attest=type=provenance,mode=max",
            f"--output=type=oci,dest={archive}",
            f"--cache-to=type=local,mode=max,dest={cache}",
        )
        rebuild.succeeded(variant, record)
        needles = {(name, form): text for name, canary in canaries.items() for form, text in forms(canary)}
        found = {
            (place, f"the secret `{name}` {form}")
            for place, content in _contents(record, archive, cache)
            for (name, form), text in needles.items()
            if text in content
        }
        return sorted(found)


def forms(canary: str) -> Iterator[tuple[str, bytes]]:
    """A secret as it may be written: encoded by three bytes at a time, it can begin at any of them."""
    raw = canary.encode()
    yield "as it is", raw
    yield "in hexadecimal", raw.hex().encode()
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + raw)
        yield "in base64", whole[4 if offset else 0 : -4]


def _contents(record: Record, archive: Path, cache: Path) -> Iterator[tuple[str, bytes]]:
    """Every place in which a secret could be, and what is there."""
    said = record.words + "".join(step.name + step.log for step in record.steps.values())
    yield "the build's log", said.encode()
    seen = set()
    image = oci.Archive(archive)
    for blob in image.blobs():
        seen.add(blob.digest)
        yield from _blob(image, blob.what, blob.digest)
    for path in sorted((cache / "blobs").glob("*/*")):
        digest = f"{path.parent.name}:{path.name}"
        if digest in seen:
            continue
        content = path.read_bytes()
        yield "the exported cache", content
        if content.startswith(GZIP):
            yield "the exported cache", unpacked(content)


def _blob(image: Archive, what: str, digest: str) -> Iterator[tuple[str, bytes]]:
    if what != "layer":
        content = image.content(digest)
        yield f"the {what}", content
        if what == "configuration":
            for step in json.loads(content).get("history") or []:
                yield "the history", json.dumps(step).encode()
        return
    for entry, content in image.files(digest):
        place = f"layer {digest}: /{entry.name}"
        yield place, f"{entry.name} {entry.linkname} {entry.pax_headers}".encode(errors="surrogateescape")
        yield place, content
        if content.startswith(GZIP):
            yield place, unpacked(content)


def unpacked(content: bytes) -> bytes:
    """What a gzip file holds, as far as it can be read."""
    try:
        return zlib.decompressobj(wbits=31).decompress(content, LARGEST)
    except (zlib.error, gzip.BadGzipFile):
        return b""
