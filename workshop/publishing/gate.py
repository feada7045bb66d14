"""The gate: nothing is pushed but the digest that the suite has judged, by every rule and its app's own tests."""

from __future__ import annotations

import io
import json
import re
import tarfile
import tempfile
from typing import TYPE_CHECKING, Any

from docker import auth

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.say import saying
from workshop import emulation, testing
from workshop.publishing import contents
from workshop.publishing.building import FOLDER
from workshop.root import PREFIX, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plimsoll.facts.build.oci import Archive
    from workshop.publishing.plan import Image, Plan

FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?)(?:::(\S+?))?(?:@\S+)?(?: - .*)?$", re.MULTILINE)
"""A line by which pytest names a test at its end."""


def judge(plan: Plan, made: Mapping[str, Archive]) -> None:
    """Judge the images, each by the digest that is pushed: of the index, and of what is in it for another platform.

    Args:
        plan: what is published.
        made: the archives, by app.

    Raises:
        PlimsollError: one breaks a rule or fails a test; all that it breaks is named.

    """
    loaded: dict[tuple[str, str], tuple[str, str]] = {}
    for image in plan.images:
        archive = made[image.app]
        name = f"{PREFIX}{image.app}:release-{plan.source.short}"
        loaded[image.app, ""] = name, archive.root
        for platform, digest in contents.platforms(archive).items():
            if platform != image.platforms[0]:
                loaded[image.app, platform] = f"{name}-{platform.rpartition('/')[2]}", digest
    for (app, _), (name, digest) in loaded.items():
        _load(made[app], digest, name)
    _require_same(loaded.values())
    broken = []
    for platform in dict.fromkeys(platform for _, platform in loaded):
        broken += _broken({app: name for (app, each), (name, _) in loaded.items() if each == platform}, platform)
    # What was judged under these names all the while is what is pushed.
    _require_same(loaded.values())
    if broken:
        raise PlimsollError(f"nothing is pushed, for {'; '.join(broken)}", f"mend that; {_log('')} says the whole")


def unjudged(image: Image) -> str:
    """What of an image is not judged here, for want of an emulator; empty where all is."""
    for platform in image.platforms[1:]:
        if lacking := emulation.missing(platform.rpartition("/")[2]):
            return f"{image.app} is not started for {platform}, only its files are judged: {lacking.cause}"
    return ""


def _broken(images: dict[str, str], platform: str) -> list[str]:
    """What the suite finds, a sentence each image."""
    with saying(f"judging {', '.join(images)}{f' for {platform}' if platform else ''}"):
        code, words = testing.judge(images, platform)
    log = ROOT / _log(platform)
    log.write_text(words)
    if code == 0:
        return []
    found: dict[str, list[str]] = {}
    for file, test in FAILED.findall(words):
        rule, _, image = test.removeprefix("test_rule[").rstrip("]").partition(f"-{PREFIX}")
        app = image.partition(":")[0] if image else next((app for app in images if app.replace("-", "_") in file), "")
        found.setdefault(app, []).append(rule if image else test or file)
    if not found:
        raise PlimsollError(f"the suite ended with {code} before it judged all", f"read {_log(platform)}")
    return [f"{app or 'the suite'} breaks {', '.join(sorted(set(names)))}" for app, names in found.items()]


def _log(platform: str) -> str:
    name = f"judged{platform.replace('/', '-').removeprefix('linux')}.log"
    return str((FOLDER / name).relative_to(ROOT))


def _require_same(loaded: Iterable[tuple[str, str]]) -> None:
    """See that the engine's images are of the digests that are pushed."""
    here = engine.images(f"{PREFIX}*:release-*")
    for name, digest in loaded:
        if here.get(name) != digest:
            raise PlimsollError(
                f"{name} is {here.get(name, 'gone')}, not {digest}, which is to be judged",
                "publish once at a time, with an engine of containerd's image store",
            )


def _load(made: Archive, digest: str, name: str) -> None:
    """Give the engine what a digest of an archive leads to, under a name; it keeps it under that digest."""
    manifests = contents.documents(made)
    needed = list(_under(manifests, digest))
    root = {
        "mediaType": manifests[digest]["mediaType"],
        "digest": digest,
        "size": len(made.content(digest)),
        "annotations": {"io.containerd.image.name": f"{auth.INDEX_NAME}/{name}"},
    }
    index = {"schemaVersion": 2, "manifests": [root]}
    with tempfile.TemporaryFile(dir=FOLDER) as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            _add(archive, "oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
            _add(archive, "index.json", json.dumps(index).encode())
            for each in dict.fromkeys(needed):
                _add(archive, f"blobs/{each.replace(':', '/')}", made.content(each))
        file.seek(0)
        engine.client().images.load(file)


def _under(manifests: Mapping[str, Any], digest: str) -> Iterator[str]:
    yield digest
    document = manifests.get(digest, {})
    for each in [*document.get("manifests", []), *document.get("layers", [])]:
        yield from _under(manifests, each["digest"])
    if "config" in document:
        yield document["config"]["digest"]


def _add(archive: tarfile.TarFile, path: str, content: bytes) -> None:
    member = tarfile.TarInfo(path)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
