"""Files in which programs keep a login: how they are called, and what the secret in them looks like.

From what the programs' own documentation says of these files.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from plimsoll.facts.secrets.passwords import LOGIN_IN_ADDRESS

KEPT = "a kept login"
REGISTRY = "the registry's token"
PASSWORD = "a password"  # noqa: S105 - what it is called
HASH = "the hash of a password"


class Login(NamedTuple):
    """One kind of file.

    Attributes:
        name: the end of its path, from a name on.
        secret: an expression for what the secret in it looks like; the first group that is there is the secret.
        what: what it is called.

    """

    name: str
    secret: bytes
    what: str


def _login(name: str, secret: bytes, what: str = KEPT) -> Login:
    return Login(name, secret, what)


_INI_PASSWORD = rb"(?mi)^\s*(?:password|passwd|pass)\s*[=:]\s*[\"']?([^\s\"']{3,})"
_SECOND_WORD = rb"\b(?:password|passwd)\s+[\"']?([^\s\"']{3,})"
_JSON = rb"\"(?:%s)\"\s*:\s*\"([^\"\s]{8,})\""

LOGINS = (
    _login(r"[._]netrc|auth\.conf(?:\.d/[^/]+)?", _SECOND_WORD),
    _login(r"\.npmrc|npmrc", rb"_(?:authToken|auth|password)\s*=\s*[\"']?([^\s\"']{8,})", REGISTRY),
    _login(r"\.yarnrc\.yml", rb"npmAuth(?:Token|Ident)[\"']?\s*:\s*[\"']?([^\s\"']{8,})", REGISTRY),
    _login(r"\.yarnrc", rb"_(?:authToken|auth|password)[\"']?\s+[\"']?([^\s\"']{8,})", REGISTRY),
    _login(r"\.?bunfig\.toml", rb"\b(?:token|password)\s*=\s*[\"']([^\s\"']{8,})", REGISTRY),
    _login(r"\.pypirc|pypoetry/auth\.toml|uv/credentials\.toml", _INI_PASSWORD),
    _login(r"\.?cargo/credentials(?:\.toml)?", rb"(?m)^\s*(?:secret-key|token)\s*=\s*[\"']([^\s\"']{8,})", REGISTRY),
    _login(r"\.?gem/credentials", rb"(?m)^:?[\w.:/-]+:\s*[\"']?(?:Bearer )?([^\s\"':-][^\s\"']{15,})", REGISTRY),
    _login(
        r"\.bundle/config",
        rb"(?m)^BUNDLE_(?!BUILD__|LOCAL__|MIRROR__)\w+__\w+:\s*[\"']?([^\s\"'/-][^\s\"']{7,})",
        REGISTRY,
    ),
    _login(r"(?:\.m2/)?settings\.xml", rb"<(?:password|passphrase)>\s*([^<\s]{3,})\s*</"),
    _login(
        r"(?i:nuget\.config)",
        rb"(?i)<add\s+key=\"(?:ClearText)?Password\"\s+value=\"([^\"\s]{3,})\""
        rb"|<apikeys>\s*<add\s+key=\"[^\"]*\"\s+value=\"([^\"\s]{8,})\"",
    ),
    _login(
        r"auth\.json",
        _JSON % rb"auth|password|consumer-secret|access-token-secret|identitytoken|token"
        + rb"|\"(?:github-oauth|gitlab-token|gitlab-oauth|bearer)\"\s*:\s*\{[^{}]*?:\s*\"([^\"\s]{8,})\"",
    ),
    _login(r"\.docker/config\.json|\.dockercfg|\.dockerconfigjson", _JSON % rb"auth|identitytoken|registrytoken"),
    _login(r"\.?pgpass(?:\.conf)?", rb"(?m)^[^#\n:]+:[^\n:]*:[^\n:]*:[^\n:]*:(\S{3,})"),
    _login(r"\.?my\.cnf", _INI_PASSWORD),
    _login(r"\.git-credentials|git/credentials|\.git/config|\.gitconfig|pip\.(?:conf|ini)", LOGIN_IN_ADDRESS),
    _login(r"gh/hosts\.yml|glab-cli/config\.yml", rb"\b(?:oauth_token|token)\s*:\s*[\"']?([^\s\"']{8,})"),
    _login(r"\.hgrc|hgrc", rb"(?m)^\s*[\w.-]+\.password\s*=\s*(\S{3,})"),
    _login(r"\.vault-token", rb"\A(\S{20,})\s*\Z"),
    _login(r"credentials\.tfrc\.json", _JSON % b"token"),
    _login(r"\.terraformrc|terraform\.rc", rb"\btoken\s*=\s*\"([^\"\s]{8,})\""),
    _login(r"rclone\.conf", rb"(?m)^\s*(?:pass(?:word)?|secret_access_key|client_secret|token)\s*=\s*(\S{8,})"),
    _login(r"\.s3cfg|\.boto", rb"(?m)^\s*(?:secret_key|gs_secret_access_key|aws_secret_access_key)\s*=\s*(\S{8,})"),
    _login(r"\.passwd-s3fs|passwd-s3fs", rb"(?m)^[\w.:-]+:([A-Za-z0-9+/]{16,})\s*$"),
    _login(r"\.?msmtprc|\.fetchmailrc|\.mbsyncrc|\.offlineimaprc", _INI_PASSWORD + rb"|" + _SECOND_WORD),
    _login(r"sasl_passwd", rb"(?m)^[^#\s]\S*\s+[^\s:]+:(\S{3,})"),
    _login(r"gcloud/[^/]+\.json|application_default_credentials\.json", _JSON % b"refresh_token|client_secret|token"),
    _login(r"\.azure/[^/]+\.json", _JSON % b"accessToken|refreshToken|secret|client_secret|password"),
    _login(r"\.?htpasswd(?:s|[._-]\w+)?", rb"(?m)^[^:#\s]+:(\$\w+\$\S{10,}|\{S?SHA\}\S{10,}|[\w./]{13}\s*$)", HASH),
    _login(r"wp-config\.php", rb"define\(\s*[\"'](?:DB_PASSWORD|\w+_(?:KEY|SALT))[\"']\s*,\s*[\"']([^\"'\n]{3,})[\"']"),
    _login(r"config/(?:master|credentials/[\w-]+)\.key", rb"\A([0-9a-f]{32})\s*\Z", "the key to Rails' credentials"),
)
"""All of them."""

NAMES = "|".join(each.name for each in LOGINS)
"""The ends of the paths of all of them."""


def of(path: str) -> list[Login]:
    """The kinds that a path is of."""
    return [each for each in LOGINS if re.search(f"(?:^|/)(?:{each.name})$", path)]
