"""Rules about what is published under a name: the index, its images for each platform, and what is attested of them."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

from plimsoll.facts.image import attested, offers, platforms, sboms
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule
from plimsoll.units import show_size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plimsoll.facts.image.offers import Offer, Offered
    from plimsoll.findings import Finding
    from plimsoll.subject import Variant

IMAGE = "org.opencontainers.image."
NOT_OF_THE_IMAGE = {f"{IMAGE}ref.name", f"{IMAGE}base.name", f"{IMAGE}base.digest", f"{IMAGE}created"}
"""What annotations say of the name or the base; a base's own label is inherited, and each platform has its own hour."""

WORTH_TELLING = [f"{IMAGE}{name}" for name in ("title", "description", "source", "revision", "version", "licenses")]
"""What registries and people look for without pulling."""

ARCHITECTURES = re.compile(
    r"(?<![A-Za-z0-9])(?:amd64|x86[_-]64|x64|arm64(?:/?v8)?|aarch64|arm(?:/?v[567]|hf|el)?|armv[567]l?|386|i[36]86"
    r"|ppc64(?:le|el)?|powerpc64le|s390x|riscv64|mips64(?:le|el)?|loong(?:arch)?64)(?![A-Za-z0-9])"
)
"""What processors are called, in paths and names too: of these, a configuration may name its own."""

SETTINGS = ("User", "Entrypoint", "Cmd", "WorkingDir", "Env", "ExposedPorts", "Volumes", "StopSignal", "Healthcheck")

UNPACKED = re.compile(r"\.tar$|\.layer\.v1\.tar$|\.rootfs\.diff\.tar$")
"""How the media types of layers end that are not compressed."""

FEW_BYTES = 10**5
"""Bytes of a layer that nobody minds to pull as they are."""

BUILD = "docker buildx build"


@rule(Level.ERROR)
def is_there_for_the_promised_platforms(subject: Variant, offer: Offer) -> list[Finding]:
    """Who pulls it on a platform that was promised and left out gets nothing, or a program that can't start there."""
    there = [each.platform for each in offer.images]
    found = [
        ("", f"it is promised for {promised}, and there for {_listed(map(str, there))}")
        for promised in map(platforms.parse, subject.expectations.platforms)
        if promised not in there
    ]
    found += [
        (str(each.platform), f"its index says so of an image that is for {each.own_platform}")
        for each in _of_systems(offer)
        if each.descriptor and _is_other(each)
    ]
    for one, group in itertools.groupby(sorted(offer.images, key=_shown_for), key=_shown_for):
        if len(several := list(group)) > 1:
            found.append((str(several[0].platform), f"its index has {len(several)} images for {one}, one is pulled"))
    return broken_at(
        found,
        fix=f"build one index of them all, `{BUILD} --platform=linux/amd64,linux/arm64 --push`, and push no other",
    )


def _is_other(image: Offered) -> bool:
    said, own = image.platform, image.own_platform
    # Of old a configuration said nothing of the variant.
    return (said.os, said.architecture) != (own.os, own.architecture) or bool(
        said.variant and image.config.get("variant") and said.variant != own.variant
    )


def _shown_for(image: Offered) -> str:
    return " ".join(str(each) for each in image.is_for if each)


@rule(Level.ERROR, budget=True)
def fits_its_budget_on_every_platform(subject: Variant, offer: Offer) -> list[Finding]:
    """What fits on one platform may have grown unseen on another: a library is linked there, or debugging left in."""
    budget = subject.expected.max_size or 0
    found = [
        (str(each.platform), f"it is {show_size(each.size)}, {show_size(each.size - budget)} over {show_size(budget)}")
        for each in _of_systems(offer)
        if each.size > budget
    ]
    return broken_at(found, fix="compare its layers with those of the platform that fits, and leave out what is more")


@rule(Level.NOTE)
def has_a_provenance_that_names_its_commit(offer: Offer) -> list[Finding]:
    """When it breaks at night, the first question is which sources are in it; a provenance answers from the build."""
    found = []
    for each in _of_systems(offer):
        stated = each.stated(offers.PROVENANCE)
        if not stated:
            found.append((str(each.platform), _missing(each, "provenance", offers.PROVENANCE)))
        elif not any(map(attested.commits, stated)):
            found.append((str(each.platform), "its provenance names no commit"))
    return broken_at(
        found, fix=f"build it in a clone with `{BUILD} --provenance=mode=max`, the label {attested.REVISION} set"
    )


@rule(Level.ERROR)
def its_provenance_holds_no_secret(offer: Offer) -> list[Finding]:
    """A provenance tells every build argument to whoever may pull, for as long as the registry keeps the image."""
    told: dict[tuple[str, str], list[str]] = {}
    for each in _of_systems(offer):
        for statement in each.stated(offers.PROVENANCE):
            for secret in attested.secrets(statement):
                told.setdefault(secret, []).append(str(each.platform))
    found = [(where, f"it holds {what}, for {_listed(there)}") for (where, what), there in told.items()]
    return broken_at(
        found, fix="give it to its step, `RUN --mount=type=secret,id=NAME`, and change it: it has been told"
    )


@rule(Level.NOTE)
def has_an_sbom(offer: Offer) -> list[Finding]:
    """When a library is found to be broken, who runs images asks which of them have it; a list answers at once."""
    found = [
        (str(each.platform), _missing(each, "SBOM", *offers.SBOM))
        for each in _of_systems(offer)
        if not each.stated(*offers.SBOM)
    ]
    return broken_at(found, fix=f"have one made where it is built, `{BUILD} --sbom=true`, or attach your own")


@rule(Level.NOTE)
def sbom_names_what_is_inside(offer: Offer) -> list[Finding]:
    """Asked for a broken library, an SBOM that leaves it out answers no, and whoever believes it updates nothing."""
    found = []
    for each in _of_systems(offer):
        if stated := each.stated(*offers.SBOM):
            named = sboms.read(statement.predicate for statement in stated)
            # One that names packages only may name those of all files: that can't be told.
            if named.packages and not named.lists_files:
                continue
            programs = sorted(each.programs)
            unknown = [path for path in programs if not named.names(path)]
            if unknown:
                words = f"its SBOM names no package for /{unknown[0]}"
                words += f", {len(unknown)} of {len(programs)} programs and libraries in all" if unknown[1:] else ""
                found.append((str(each.platform), words))
    return broken_at(
        found,
        fix="let a generator see what knows: `ARG BUILDKIT_SBOM_SCAN_STAGE=true` before the first FROM shows it the "
        "stages with their package managers and lock files",
    )


def _missing(image: Offered, what: str, *kinds: str) -> str:
    if others := image.misplaced(*kinds):
        about = _listed(sorted(others[0].about)) or "nothing"
        return f"the {what} that lies beside it is about {about}, not {image.digest}"
    return f"it has no {what}"


@rule(Level.WARNING)
def annotations_agree_with_labels(offer: Offer) -> list[Finding]:
    """A registry shows the annotations, a host the labels; where they differ, one of them sends people astray."""
    told: dict[tuple[str, str, str], list[str]] = {}
    for each in _of_systems(offer):
        for where, said in (
            ("the index", offer.annotations),
            ("the index of it", each.said_of_it),
            ("its manifest", each.annotations),
        ):
            for name in sorted((said.keys() & each.labels.keys()) - NOT_OF_THE_IMAGE):
                if said[name] != each.labels[name]:
                    told.setdefault((where, name, f"{said[name]!r}, its label {each.labels[name]!r}"), []).append(
                        str(each.platform)
                    )
    found = [(_listed(there), f"{where} says {name} is {words}") for (where, name, words), there in told.items()]
    return broken_at(found, fix="set both from the same build argument, and set anew what a base's label says")


@rule(Level.NOTE)
def annotations_reach_the_index(offer: Offer) -> list[Finding]:
    """Of an image for several platforms a registry shows what its index says: labels are in the images below it."""
    if not offer.is_index or len(_of_systems(offer)) < 2:
        return []
    labelled = {name for each in _of_systems(offer) for name in each.labels if name in WORTH_TELLING}
    missing = [name for name in WORTH_TELLING if name in labelled and name not in offer.annotations]
    found = [("", f"its labels tell {_listed(missing)}, and its index does not")] if missing else []
    return broken_at(found, fix=f"annotate the index too, `{BUILD} --annotation=index,manifest:NAME=VALUE`")


@rule(Level.WARNING)
def layers_are_stored_packed(offer: Offer) -> list[Finding]:
    """A layer travels as it is stored: unpacked it is two to four times the bytes, for every host and at every pull."""
    found = [
        (
            str(each.platform),
            f"its layer {str(layer['digest'])[:19]} is stored unpacked, {show_size(int(layer['size']))}",
        )
        for each in offer.images
        for layer in each.layers
        if UNPACKED.search(str(layer.get("mediaType"))) and int(layer["size"]) > FEW_BYTES
    ]
    return broken_at(
        found, fix=f"push it packed, `{BUILD} --output=type=registry,compression=zstd,force-compression=true`"
    )


@rule(Level.WARNING)
def is_configured_alike_on_every_platform(offer: Offer) -> list[Finding]:
    """Who tests on one platform and runs on another meets what is only there: another user, port or command."""
    found = []
    for _, group in itertools.groupby(sorted(_of_systems(offer), key=_system), key=_system):
        first, *others = list(group)
        found += [
            (str(each.platform), f"{name} is {_short(each, name)}, for {first.platform} {_short(first, name)}")
            for each in others
            for name in SETTINGS
            if _plain(first, name) != _plain(each, name)
        ]
    return broken_at(
        found, fix="say it for all of them: what differs, tell by `ARG TARGETARCH` in the stages before the last"
    )


def _system(image: Offered) -> str:
    return image.platform.os


def _plain(image: Offered, name: str) -> str:
    """A setting without what processors are called."""
    return ARCHITECTURES.sub("…", _said(image, name))


def _said(image: Offered, name: str) -> str:
    value: Any = image.settings.get(name)
    if name == "Env" and isinstance(value, list):
        # The order in which variables are set tells nothing.
        value = sorted(map(str, value))
    return json.dumps(value or None, sort_keys=True, ensure_ascii=False)


def _short(image: Offered, name: str) -> str:
    said = _said(image, name)
    return f"{said[:80]}…" if len(said) > 80 else said


def _of_systems(offer: Offer) -> list[Offered]:
    """The images that are of a system: what is not has no platform, such as a bill of materials by itself."""
    return [each for each in offer.images if each.platform.os != "unknown"]


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))
