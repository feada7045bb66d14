"""Files that are there to hold secrets, or settings, by name: what of them is a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.facts.secrets import examples, keys, logins, names, passwords, tokens
from plimsoll.facts.secrets.tokens import HIDDEN, Found

if TYPE_CHECKING:
    from collections.abc import Iterator

FOR_SECRETS = (
    r"\.env(?:\.[\w.-]+)?|[\w-]+\.env|\.envrc|\.aws/credentials|\.kube/config|kubeconfig|kubernetes/\w+\.conf"
    r"|[^/]*(?:credential|service.?account)[^/]*\.(?:json|ya?ml|toml|ini|properties)|\.?secrets?\.\w+|\.?secrets?/[^/]+"
)
"""Files that people keep secrets in, each behind its name."""

FOR_SETTINGS = (
    r"(?i:appsettings(?:\.\w+)?\.json|(?:config|settings)(?:[.-]\w+)?\.json|(?:web|app)\.config"
    r"|[\w.-]+\.(?:conf|cfg|ini|properties|tfstate(?:\.backup)?|tfvars(?:\.json)?|toml|ya?ml))"
)
"""Files of settings, among which a password may be."""

FOR_SHELLS = r"[^/]+\.(?:sh|bash)|\.(?:\w*sh|mysql|psql|rediscli|python|node_repl)_history"
"""Scripts, and what was typed."""

ITSELF = (
    r"(?i:\.?secrets?/[^/.]+(?:\.(?:key|pass|password|secret|token|txt))?"
    r"|\w[\w.-]*(?:passwo?r?d|passphrase|token|secret|api[_-]?key)(?:\.txt)?)"
)
"""Files of which the content is the secret: compose and Docker give them so."""

ALL = f"{logins.NAMES}|{FOR_SECRETS}|{FOR_SETTINGS}|{FOR_SHELLS}|{ITSELF}"
"""All of them: most files are none."""

KEYS = r"id_(?:dsa|ecdsa|ed25519|rsa)|[^/]+\.(?:asc|der|jceks|jks|key|keystore|p12|pem|pfx|ppk)"
"""Files of keys."""

EXPECTED = (".env",)
"""Those that every folder may come to hold."""

EXPECTED_IF_IGNORED = (
    ".aws/credentials", ".env.local", ".env.production", ".netrc", ".npmrc", ".pypirc", ".secrets/key",
    "credentials.json", "id_rsa", "key.pem", "private.key", "secret.txt", "secrets/key.pem", "secrets/password.txt",
)  # fmt: skip
"""Those that a folder is known to come to hold where its own .gitignore names them."""

SAMPLE = re.compile(
    r"(?i)(?:^|[._-])(?:demo|dist|example|fixtures?|sample|schema|template|tests?|tmpl|tpl|j2)(?:[._-]|$)"
)
"""Names of what is there to be looked at."""

COMMENT = re.compile(rb"(?m)^[ \t]*(?:#|//|;|--|<!--).*$")

XML_COMMENT = re.compile(rb"(?s)<!--.*?-->")

SET = re.compile(r"(?<![\w.-])([\w.-]{2,80})[\"']?[ \t]*(?:=>|[:=])[ \t]*(?=([\"']?)([^\s\"',;]{6,})(.?))")
"""What gives a value to a name."""

CALL = re.compile(
    r"[\w.]+[(\[]|(?:process|os|env|var|local|data|config|secrets)\.|ENC[(\[]|[!*&]|(?:op|arn):|ref\+|[|>]-?$"
)
"""How a value begins that is worked out, encrypted, or elsewhere."""

CODE = re.compile(r"\.(?:cs|go|java|jsx?|kts?|pyi?|rb|rs|swift|tsx?)$")
LITERAL = re.compile(r"[^\\]+")
"""What a value is in a file of CODE that somebody chose, between quotes: the rest is worked out, or a pattern."""

SHORTEST_PASSWORD = 3
"""Letters of a password in them."""

LARGEST = 1 << 18
"""Bytes of such a file; what is larger is data."""

NAMED = "a password or token"


def is_known(path: str) -> bool:
    """Whether a file is one that may hold secrets by its name."""
    return _is_one(path, f"{ALL}|{KEYS}")


def is_sample(path: str) -> bool:
    """Whether a file's name says that it is there to be looked at."""
    return SAMPLE.search(path.rpartition("/")[2]) is not None


def secrets(path: str, content: bytes) -> Iterator[Found]:
    """The secrets in a file whose name says what it is there for; none in any other.

    Args:
        path: the file.
        content: all of it, or its beginning.

    """
    if len(content) > LARGEST or not _is_one(path, ALL):
        return
    if kept := logins.of(path):
        yield from _in_logins(kept, content)
    elif not is_sample(path):
        yield from _in_others(path, content)


def _is_one(path: str, names: str) -> bool:
    return re.search(f"(?:^|/)(?:{names})$", path) is not None


def _in_logins(kept: list[logins.Login], content: bytes) -> Iterator[Found]:
    # Maven's own settings show in a comment what a login looks like.
    said = XML_COMMENT.sub(b"", content)
    for login in kept:
        for match in re.finditer(login.secret, said):
            secret = next((each for each in match.groups() if each), b"")
            password = secret.rpartition(b":")[2]
            if login.what == logins.HASH or (len(secret) >= SHORTEST_PASSWORD and examples.is_password(password)):
                yield Found(login.what, HIDDEN)


def _in_others(path: str, content: bytes) -> Iterator[Found]:
    if _is_one(path, ITSELF) and _is_secret_itself(content):
        yield Found(logins.PASSWORD, HIDDEN)
    among_secrets = _is_one(path, FOR_SECRETS)
    if among_secrets or _is_one(path, FOR_SETTINGS):
        yield from _in_settings(content, among_secrets=among_secrets, code=CODE.search(path) is not None)
    elif _is_one(path, FOR_SHELLS):
        yield from passwords.told(COMMENT.sub(b"", content), in_use=False)


def _in_settings(content: bytes, *, among_secrets: bool, code: bool) -> Iterator[Found]:
    said = COMMENT.sub(b"", content)
    strings = [*passwords.in_addresses(said, in_use=False), *passwords.in_connections(said, in_use=False)]
    yield from strings or _behind_names(said, among_secrets=among_secrets, code=code)


def _behind_names(said: bytes, *, among_secrets: bool, code: bool) -> Iterator[Found]:
    for name, quote, value, after in SET.findall(said.decode(errors="replace")):
        if code and not (quote and LITERAL.fullmatch(value)):
            continue
        is_one = names.is_secret(name, among_secrets=among_secrets) and not names.is_nothing(value)
        # Several words are a text that people read; a word alone is the name of a field in some language.
        is_text = quote and after == " "
        is_text = is_text or (not among_secrets and value.isalpha())
        if is_one and not is_text and not CALL.match(value) and examples.is_password(value.encode(errors="replace")):
            yield Found(NAMED, HIDDEN)


def _is_secret_itself(content: bytes) -> bool:
    word = content.strip()
    is_word = SHORTEST_PASSWORD < len(word) <= passwords.LONGEST and not re.search(rb"\s", word)
    return is_word and not names.is_nothing(word.decode(errors="replace")) and examples.is_password(word)


def first_secret(path: str, content: bytes) -> str:
    """What of a file is a secret, empty where nothing is.

    Args:
        path: the file.
        content: its beginning.

    """
    if keys.BEGINS.search(content) and _is_one(path, KEYS):
        return keys.PRIVATE_KEY
    words = tokens.Words(content)
    found = (*keys.found(content), *keys.of_the_web(content), *secrets(path, content), *words.tokens)
    return next((each.what for each in found), "")
