"""Rules about secrets: whoever can pull an image reads all of it, what a later layer removes too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.facts.image import accounts, disclosures
from plimsoll.findings import broken_at
from plimsoll.rule import Level, rule

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image
    from plimsoll.findings import Finding


LOCKED = ("*", "!", "x")
"""How a password field begins that no password fits."""

FIX = "mount it for that step only, `RUN --mount=type=secret,id=NAME`, and change it: it has been told"


@rule(Level.ERROR)
def environment_holds_no_secret(image: Image) -> list[Finding]:
    """The environment is shown by `docker inspect`, inherited by every process, and logged when one crashes."""
    found = [(each.where, f"it holds {each.what}") for each in disclosures.in_environment(image)]
    return broken_at(
        found, fix="give it when the container is started, best as a file: `--secret`, or a variable NAME_FILE"
    )


@rule(Level.ERROR)
def history_holds_no_secret(image: Image) -> list[Finding]:
    """Every step is told by `docker history`, its build arguments too, for as long as the image is kept."""
    found = [(each.where, f"it tells {each.what}") for each in disclosures.in_history(image)]
    return broken_at(found, fix=FIX)


@rule(Level.ERROR)
def layers_hold_no_secret(image: Image) -> list[Finding]:
    """A layer is pulled as it was made: what a later step deletes is still in it."""
    found = [
        (f"{part.place} {each.path and '/' + each.path}", f"it holds {each.what} ({each.shown})")
        for part, each in image.secrets
    ]
    return broken_at(found, fix=FIX)


@rule(Level.ERROR)
def has_no_empty_or_hard_coded_password(image: Image) -> list[Finding]:
    """A user with an empty password lets everybody in; one with a known hash, everybody who pulls it and has time."""
    found = []
    for place, name, password in accounts.passwords(image):
        if not password:
            found.append((place, f"user {name} has an empty password"))
        elif not password.startswith(LOCKED):
            found.append((place, f"user {name} has a password, whose hash is there to be read"))
    return broken_at(found, fix="lock it, `usermod --lock NAME`: nobody logs in to a container with a password")
