"""Names of variables that hold secrets, names that only speak of one, and values that are none whatever the name."""

from __future__ import annotations

import re

SECRET = re.compile(
    r"(?i)(?:passwords?|passwd|passphrase|pword|token|secret|credentials?|secret_key_base"
    r"|(?:^|[_.-])(?:pass|pwd|pw)"
    r"|(?:access|api|auth|encryption|master|private|secret|signing)[_.-]?key)$"
)
"""What the name of a variable ends with that holds a secret."""

PERHAPS = re.compile(r"(?i)(?:^|[_.-])(?:auth|key)$")
"""What it ends with where it stands among secrets."""

ABOUT = re.compile(
    r"(?i)_(?:ALGORITHM|DIR|EXPIRY|FILES?|HEADER|HOST|ID|LENGTH|LIFETIME|NAME|PATH|PORT|PREFIX|SIZE|TIMEOUT|TTL|TYPE"
    r"|URI|URL)$|(?:^|[_.-])PUBLI(?:C|SHABLE)|PUBLIC[_.-]?KEY$|^GPG_KEYS?$"
)
"""What names have that speak of a secret and hold none: where it is, how long it is, the public half."""

NOTHING = re.compile(r"(?is)|/.*|true|false|yes|no|on|off|none|null|\d{1,3}|(?:file|env)://?.*|vault:.*|[$<{].*")
"""Values that are no secret: nothing, a place, a switch, a small number, what stands for something else."""


def is_secret(name: str, *, among_secrets: bool = False) -> bool:
    """Whether a variable's name says that it holds a secret.

    Args:
        name: the name.
        among_secrets: whether it stands in a file that is there to hold secrets.

    """
    said = SECRET.search(name) or (among_secrets and PERHAPS.search(name))
    return bool(said) and not is_about(name)


def is_about(name: str) -> bool:
    """Whether a name only speaks of a secret."""
    return ABOUT.search(name) is not None


def is_nothing(value: str) -> bool:
    """Whether a value is no secret, whatever the name of what holds it."""
    return NOTHING.fullmatch(value) is not None
