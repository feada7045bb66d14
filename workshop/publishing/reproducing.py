"""Whether what was published is what a commit builds: anybody builds it again, and compares digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.registries.repository import Repository
from workshop.publishing import building, contents

if TYPE_CHECKING:
    from workshop.publishing.plan import Plan


def compare(plan: Plan) -> list[str]:
    """Build a plan's images and hold each against the one that was published; a line for each that is the same.

    Attestations tell when they were made, and by whom: they differ, and with them the index above the images.

    Raises:
        PlimsollError: one is another, or was not published for a platform; what is lacking to build is told, too.

    """
    made = building.archives(plan)
    told, others = [], []
    for image in plan.images:
        there = contents.images(Repository(image.repository).manifest(plan.tags[0].text).value)
        for platform, digest in contents.platforms(made[image.app]).items():
            if there.get(platform) == digest:
                told.append(f"{image.app} {platform} {digest} is the same")
            else:
                others.append(f"{image.app} {platform} is {digest} here and {there.get(platform, 'nothing')} there")
    if others:
        remedy = "compare the bases: its provenance names those that it was built of"
        raise PlimsollError("; ".join(others), remedy)
    return told
