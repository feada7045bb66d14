"""Rules about secrets: whoever can pull an image reads all of it, what a later layer removes too."""

from plimsoll.findings import forbid
from plimsoll.images import accounts, disclosures

LOCKED = ("*", "!", "x")
"""How a password field begins that no password fits."""

MEND = "mount it for that step only, `RUN --mount=type=secret,id=NAME`, and change it: it has been told"


def test_environment_holds_no_secret(facts):
    """The environment is shown by `docker inspect`, inherited by every process, and logged when one crashes."""
    found = [(each.where, f"it holds {each.what}") for each in disclosures.in_environment(facts)]
    forbid(found, mend="give it when the container is started, best as a file: `--secret`, or a variable NAME_FILE")


def test_history_holds_no_secret(facts):
    """Every step is told by `docker history`, its build arguments too, for as long as the image is kept."""
    found = [(each.where, f"it tells {each.what}") for each in disclosures.in_history(facts)]
    forbid(found, mend=MEND)


def test_layers_hold_no_secret(facts):
    """A layer is pulled as it was made: what a later step deletes is still in it."""
    found = [
        (f"{part.place} {each.path and '/' + each.path}", f"it holds {each.what} ({each.shown})")
        for part, each in facts.secrets
    ]
    forbid(found, mend=MEND)


def test_has_no_empty_or_hard_coded_password(facts):
    """A user with an empty password lets everybody in; one with a known hash, everybody who pulls it and has time."""
    found = []
    for place, name, password in accounts.passwords(facts):
        if not password:
            found.append((place, f"user {name} has an empty password"))
        elif not password.startswith(LOCKED):
            found.append((place, f"user {name} has a password, whose hash is there to be read"))
    forbid(found, mend="lock it, `usermod --lock NAME`: nobody logs in to a container with a password")
