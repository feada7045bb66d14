"""Files that are there to hold secrets, by name: what the password in them looks like, and what of them is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.facts.secrets import examples, keys, names, passwords, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGINS = (
    (r"(^|/)[._]netrc$", re.compile(rb"\bpassword\s+(\S{3,})")),
    (r"(^|/)\.npmrc$", re.compile(rb"_(?:authToken|auth|password)\s*=\s*[\"']?([^\s\"']{8,})")),
    (r"(^|/)\.pypirc$", re.compile(rb"(?m)^\s*password\s*[=:]\s*(\S{3,})")),
    (r"(^|/)\.(docker/config\.json|dockercfg)$", re.compile(rb"\"auth\"\s*:\s*\"([\w+/=-]{8,})\"")),
    (r"(^|/)\.pgpass$", re.compile(rb"(?m)^[^#\n:]+:[^\n:]*:[^\n:]*:[^\n:]*:(\S{3,})")),
    (r"(^|/)(\.git-credentials|\.git/config|\.gitconfig|pip\.conf)$", passwords.LOGIN_IN_ADDRESS),
    (r"(^|/)\.vault-token$", re.compile(rb"\A(\S{20,})\s*\Z")),
    (r"^etc/apt/auth\.conf(\.d/[^/]+)?$", re.compile(rb"\bpassword\s+(\S{3,})")),
)
"""Files in which programs keep a login, and what the password in them looks like."""

OTHERS = (
    r"(^|/)\.env(\.[\w.-]+)?$",
    r"(^|/)id_(dsa|ecdsa|ed25519|rsa)$",
    r"(^|/)(\.aws/credentials|\.kube/config)$",
    r"(^|/)[^/]+\.(key|pem)$",
    r"(^|/)[^/]*(credential|service.?account)[^/]*\.json$",
    r"(^|/)\.?secrets?(\.\w+|/[^/]+)$",
)
"""Files that people keep secrets in."""

EXPECTED = (".env",)
"""Those that every folder may come to hold."""

EXPECTED_IF_IGNORED = (
    ".aws/credentials", ".env.local", ".env.production", ".netrc", ".npmrc", ".pypirc", ".secrets/key",
    "credentials.json", "id_rsa", "key.pem", "private.key", "secret.txt", "secrets/key.pem", "secrets/password.txt",
)  # fmt: skip
"""Those that a folder is known to come to hold where its own .gitignore names them."""

NAMES = re.compile("|".join((*(file for file, _ in LOGINS), *OTHERS)))
"""The paths of all of them."""

SET = re.compile(r"(?<![\w.-])([\w.-]{2,80})[\"']?[ \t]*[:= ][ \t]*(?=[\"']?([^\s\"',]{6,}))")
"""What gives a value to a name."""

SHORTEST_PASSWORD = 3
"""Letters of a password in them."""

_LOGINS = tuple((re.compile(file), password) for file, password in LOGINS)


def logins(path: str, content: bytes) -> Iterator[tokens.Found]:
    """The logins in a file in which a program keeps them; none in any other."""
    for file, password in _LOGINS:
        if file.search(path):
            for match in password.finditer(content):
                if len(match[1]) >= SHORTEST_PASSWORD and examples.is_password(match[1]):
                    yield tokens.Found("a kept login", tokens.HIDDEN)


def first_secret(path: str, content: bytes) -> str:
    """What of a file with such a name is a secret, empty where nothing is."""
    if keys.BEGINS.search(content):
        return keys.PRIVATE_KEY
    text = content.decode(errors="replace")
    told = next((each.what for each in (*tokens.in_text(content), *logins(path, content))), "")
    named = any(
        names.is_secret(name, among_secrets=True) and not names.is_nothing(value) for name, value in SET.findall(text)
    )
    return told or ("a password or token" if named else "")
