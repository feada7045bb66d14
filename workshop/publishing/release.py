"""A release, step by step: each is done for every image before the next begins, and what was done stays done."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plimsoll.errors import PlimsollError
from plimsoll.say import say, saying
from workshop.publishing import building, gate, naming
from workshop.publishing.pushing import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.registries.repository import Document
    from workshop.publishing.plan import Plan
    from workshop.publishing.signing import Signer


def publish(plan: Plan, signer: Signer) -> list[str]:
    """Publish: the images with their digests and tags, and the seconds that each step took, a line each.

    Args:
        plan: what.
        signer: who signs.

    Raises:
        PlimsollError: something hinders it; nothing is found under a tag of it that is not judged, signed and whole.

    """
    took: dict[str, float] = {}
    with _timed(took, "ask"):
        signer.require()
        targets = {image.app: Target(image.repository) for image in plan.images}
        for image in plan.images:
            naming.require_free(plan, image, targets[image.app])
            targets[image.app].require_writable()
    with _timed(took, "build"):
        made = building.archives(plan)
    there = {image.app: naming.published(plan, image, targets[image.app], made[image.app]) for image in plan.images}
    with _timed(took, "judge"):
        gate.judge(plan, made)
        for line in filter(None, map(gate.unjudged, plan.images)):
            say(line)
    pushed: dict[str, Document] = {}
    with _timed(took, "push"):
        for app, target in targets.items():
            if found := there[app]:
                say(f"{app} is published from another machine as {found.digest}, with the very same images")
                pushed[app] = found
                continue
            with saying(f"pushing {target.name}@{made[app].root}"):
                sent = target.push(made[app])
            say(f"{app}: {sent} blobs were not there yet")
            pushed[app] = target.manifest(made[app].root)
    with _timed(took, "sign"):
        for app, document in pushed.items():
            named = f"{targets[app].name}@{document.digest}"
            if there[app] and not signer.is_signed(named):
                raise PlimsollError(f"{named} is published, and not signed by this key", "find out who did that")
            signer.sign(named)
    with _timed(took, "name"):
        named_as = {app: naming.name(plan, targets[app], document) for app, document in pushed.items()}
    lines = [f"{targets[app].name}@{document.digest}: {', '.join(named_as[app])}" for app, document in pushed.items()]
    return [*lines, f"{sum(took.values()):.1f} s: {', '.join(f'{step} {each:.1f}' for step, each in took.items())}"]


@contextmanager
def _timed(took: dict[str, float], step: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    took[step] = time.monotonic() - begun
