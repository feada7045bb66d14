"""What is in the archive of an image, held against what it says of itself, and against what nobody may read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from plimsoll.errors import PlimsollError
from workshop.publishing import tags

if TYPE_CHECKING:
    from plimsoll.facts.build import oci
    from workshop.publishing.plan import Image
    from workshop.publishing.source import Source

REFERENCE = "vnd.docker.reference.digest"
"""The annotation by which an attestation names the image that it is about."""

LOGIN = re.compile(rb"\w+://[^/\s\"'@:]*:[^/\s\"'@]+@[\w.-]+")
"""An address with a password in it."""


def arguments(source: Source) -> dict[str, str]:
    """The variables of the bake file that a release sets."""
    return {"VERSION": source.label, "REVISION": source.revision, "CREATED": source.created}


def labels(image: Image, source: Source) -> dict[str, str]:
    """The labels of an image that OCI describes, as its Dockerfile says them: registries show annotations instead."""
    dockerfile = image.variant.dockerfile
    told: dict[str, str] = {}
    # From the lowest stage up: the last one that says it counts.
    for stage in reversed(dockerfile.lineage(image.variant.stage)):
        for step in stage.all("LABEL"):
            told |= {name: value or "" for name, value in step.pairs.items()}
    given = arguments(source)
    return {
        name: re.sub(r"\$\{?(\w+)\}?", lambda found: given.get(found[1], found[0]), value)
        for name, value in told.items()
        if name.startswith(tags.LABEL)
    }


def documents(made: oci.Archive) -> dict[str, Any]:
    """The manifests of an archive, and the index above them, by their digests."""
    digests = [made.root, *(blob.digest for blob in made.blobs() if blob.what == "manifest")]
    return {digest: json.loads(made.content(digest)) for digest in dict.fromkeys(digests)}


def platforms(made: oci.Archive) -> dict[str, str]:
    """The digests of an archive's images, by the platform that each is for."""
    return images(json.loads(made.content(made.root)))


def images(index: dict[str, Any]) -> dict[str, str]:
    """The digests of the images that an index names, by the platform that each is for."""
    every = [each for each in index["manifests"] if REFERENCE not in (each.get("annotations") or {})]
    return {
        "/".join(filter(None, map(each["platform"].get, ("os", "architecture", "variant")))): each["digest"]
        for each in every
    }


def require_told(image: Image, made: oci.Archive) -> None:
    """See that an index says of an image what the image says of itself, and is for the platforms that it should be."""
    every = documents(made)
    told = every[made.root].get("annotations") or {}
    found = platforms(made)
    if set(found) != set(image.platforms):
        raise PlimsollError(
            f"{image.app} was built for {', '.join(found)}, not for {', '.join(image.platforms)}", "report it"
        )
    for platform, digest in found.items():
        config = json.loads(made.content(every[digest]["config"]["digest"]))
        said = {
            name: value for name, value in (config["config"].get("Labels") or {}).items() if name.startswith(tags.LABEL)
        }
        if said != told:
            name = min(name for name in {*said, *told} if said.get(name) != told.get(name))
            raise PlimsollError(
                f"{image.app} for {platform} is labelled {name}={said.get(name)!r} and annotated {told.get(name)!r}",
                "set it in its Dockerfile, with no other variables than VERSION, REVISION, CREATED",
            )


def require_no_login(image: Image, made: oci.Archive) -> None:
    """See that no attestation, which everybody can read, tells a password, such as a proxy's or git's."""
    for blob in made.blobs():
        if blob.what == "attestation" and (found := LOGIN.search(made.content(blob.digest))):
            place = found[0].rpartition(b"@")[2].decode(errors="replace")
            raise PlimsollError(
                f"what {image.app} tells of its build holds a password for {place}",
                "take it out of the environment, of Docker's config.json and of git's remotes",
            )
