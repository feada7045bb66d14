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

OF_A_SECRET = (
    *("AGE", "ALG", "ALGORITHM", "ALIAS", "ARN", "AUDIENCE", "BACKEND", "CHECKSUM", "COLUMN", "COST", "COUNT", "DAYS"),
    *("DIR", "DIRECTORY", "DISABLED", "DRIVER", "DURATION", "ENABLED", "ENCODING", "ENDPOINT", "EXPIRATION", "EXPIRES"),
    *("EXPIRY", "FIELD", "FILE", "FILENAME", "FILES", "FINGERPRINT", "FOLDER", "FORMAT", "HEADER", "HINT", "HOST"),
    *("HOURS", "ID", "IDS", "INTERVAL", "ISSUER", "LABEL", "LEN", "LENGTH", "LIFETIME", "LIMIT", "LOCATION", "METHOD"),
    *("MINUTES", "MODE", "MODULE", "NAME", "PARAM", "PATH", "PATTERN", "PLUGIN", "POLICY", "PORT", "PREFIX", "PROMPT"),
    *("PROVIDER", "REALM", "REF", "REGEX", "REGION", "REQUIRED", "ROTATION", "ROUNDS", "SCHEME", "SCOPE", "SCOPES"),
    *(
        "SECONDS",
        "SERVER",
        "SERVICE",
        "SIZE",
        "SOCK",
        "SOCKET",
        "STORE",
        "STRATEGY",
        "SUFFIX",
        "TIMEOUT",
        "TTL",
        "TYPE",
    ),
    *("URI", "URL", "USER", "USERNAME", "VALIDITY", "VERSION"),
)
"""What a name ends with that says something of a secret: where it is, how long, of which kind."""

SWITCHES = ("ALLOW", "DISABLE", "ENABLE", "FORCE", "HAS", "IS", "MAX", "MIN", "NO", "REQUIRE", "SKIP", "USE")
"""What a name begins with that says whether, or how many."""

KEYS = (
    *("CACHE", "FOREIGN", "GROUP", "HOST", "HOT", "INDEX", "LOOKUP", "PARTITION", "PRIMARY", "PROJECT", "ROUTING"),
    *("SHARD", "SORT"),
)
"""The keys that open nothing."""

WORDS = ("BOS", "CLS", "EOS", "MASK", "PAD", "SEP", "STOP", "UNK")
"""The tokens that are words of a language model."""

ABOUT = re.compile(
    rf"(?i)[_.-](?:{'|'.join(OF_A_SECRET)})$|^(?:{'|'.join(SWITCHES)})[_.-]|(?:^|[_.-])(?:{'|'.join(KEYS)})[_.-]?KEY$"
    rf"|(?:^|[_.-])(?:{'|'.join(WORDS)})[_.-]TOKEN$|(?:^|[_.-])PUBLI(?:C|SHABLE)|PUBLIC[_.-]?KEY$"
    r"|^GPG_KEYS?$|^(?:OLD)?PWD$|^GOOGLE_APPLICATION_CREDENTIALS$"
)
"""What names have that speak of a secret and hold none."""

NOTHING = re.compile(
    r"(?is)|(?:~|\.{1,2})?/.*|[\w./-]+\.(?:cer|crt|jks|json|key|p12|pem|pfx|txt|ya?ml)|https?://[^\s@?]*"
    r"|true|false|yes|no|on|off|none|null|\d{1,3}|(?:file|env)://?.*|vault:.*|[$<{\[].*"
)
"""Values that are no secret: nothing, a place, a switch, a small number, what stands for something else."""

WAYS = re.compile(r"(?i)basic|bearer|digest|disabled|enabled|jwt|ldap|local|md5|mtls|oauth2?|oidc|saml|scram-.*|trust")
"""Values of a name that ends in AUTH: how somebody is to prove who they are."""


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


def holds_none(name: str, value: str) -> bool:
    """Whether what a name is set to is no secret: by the name, by the value, or by both."""
    way = name.lower().endswith("auth") and WAYS.fullmatch(value) is not None
    return is_about(name) or is_nothing(value) or way
