"""Which tags are free for an image, and giving it those: the same bytes under another name, nothing is built again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.registries.refused import MissingError
from workshop.publishing import contents, tags
from workshop.publishing.tags import LABEL, Move

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.facts.build.oci import Archive
    from plimsoll.registries.repository import Document
    from workshop.publishing.plan import Image, Plan
    from workshop.publishing.pushing import Target
    from workshop.publishing.tags import Tag


def require_free(plan: Plan, image: Image, target: Target) -> None:
    """See, before anything is built, that no tag is another commit's that may not be moved.

    Raises:
        PlimsollError: one is; RefusedError: the registry does not tell.

    """
    for tag, there in _standing(plan, target):
        told = _annotations(there)
        is_own = told.get(f"{LABEL}revision") == plan.source.revision
        if tags.decide(tag, plan.source, told) is Move.TAKEN and not is_own:
            raise _taken(image, tag, there)


def published(plan: Plan, image: Image, target: Target, made: Archive) -> Document | None:
    """What is published already of the very same images; None where that is nothing, or what was just built.

    An attestation tells when it was made: of what another machine has built of the same commit, only the images are
    the same. What was published first stays.

    Raises:
        PlimsollError: a tag stands for another image, and may not be moved.

    """
    for tag, there in _standing(plan, target):
        if there.digest == made.root or tags.decide(tag, plan.source, _annotations(there)) is not Move.TAKEN:
            continue
        if there.is_index and contents.images(there.value) == contents.platforms(made):
            return there
        raise _taken(image, tag, there)
    return None


def name(plan: Plan, target: Target, document: Document) -> list[str]:
    """Give an image its tags: what became of each, in words.

    Raises:
        PlimsollError: one is taken, or the registry does not move it.

    """
    before = dict(_standing(plan, target))
    told = []
    for tag in plan.tags:
        there = before.get(tag)
        if there is not None and there.digest == document.digest:
            told.append(f"{tag.text} is there")
            continue
        move = tags.decide(tag, plan.source, _annotations(there)) if there else Move.MOVE
        if there and move is not Move.MOVE:
            told.append(f"{tag.text} stays {there.digest}")
            continue
        target.put(tag.text, document.content, document.media_type)
        if (found := target.manifest(tag.text).digest) != document.digest:
            raise PlimsollError(f"{target.name}:{tag.text} is {found}, not {document.digest}", "publish once at a time")
        told.append(f"{tag.text} moved from {there.digest}" if there else tag.text)
    return told


def _standing(plan: Plan, target: Target) -> Iterator[tuple[Tag, Document]]:
    """The tags that stand for something now, each with that."""
    for tag in plan.tags:
        try:
            yield tag, target.manifest(tag.text)
        except MissingError:
            continue


def _annotations(there: Document) -> dict[str, str]:
    return dict(there.value.get("annotations") or {})


def _taken(image: Image, tag: Tag, there: Document) -> PlimsollError:
    told = _annotations(there).get(f"{LABEL}revision", "")
    built = f", built from commit {told[:7]}" if told else ""
    return PlimsollError(
        f"{image.repository}:{tag.text} is another image, {there.digest}{built}: nothing is pushed",
        "give this commit a version of its own",
    )
