"""Why a registry gave no image, read from the engine's words: whether it was reached, and whether to ask again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What follows from a refusal."""

    UNREACHED = "nobody was reached at its address: no name, no connection"
    PASSING = "it was reached, and may answer otherwise in a while"
    FINAL = "it will say the same again"


@dataclass(frozen=True)
class Refusal:
    """Why an image could not be pulled.

    Attributes:
        kind: what follows from it.
        cause: what the registry said, or did.
        remedy: what to do about it.

    """

    kind: Kind
    cause: str
    remedy: str

    def __str__(self) -> str:
        """One line, the cause first."""
        return f"{self.cause}: {self.remedy}"


LOGIN = "log in to it (`docker login`), or name an image that is everybody's"
LATER = "try again later"
NETWORK = "see that its name is resolved and that its port is open from where the engine runs"
ANOTHER = "name one that it has"
STATUS = r"(?:unexpected status.*?|HTTP status): "
CERTIFICATE_PLACE = "certs.d/{1}/ca.crt"

SAYINGS = (
    # The registry was reached, and sent the engine on: to who gives tokens, to where it keeps layers.
    (
        r"(?:\btoken\b|failed to copy|httpReadSeeker|/blobs/).*\bdial tcp\b",
        *(Kind.PASSING, "the registry sends on to where nobody is reached, {bare}", NETWORK),
    ),
    # What Go says where a name is not resolved, or no connection comes about: refused, no route, no answer.
    (r"\bdial tcp\b|while waiting for connection", Kind.UNREACHED, "no registry answers, {bare}", NETWORK),
    # What it says where a proxy does not connect to the registry; what a registry says has its number before it.
    (
        r'": (Forbidden|Bad Gateway|Service Unavailable|Gateway Timeout)$',
        *(Kind.UNREACHED, "no registry answers, a proxy says {1}", NETWORK),
    ),
    (
        r'https://([^/"]+)/.* certificate signed by unknown authority',
        Kind.FINAL,
        "the engine trusts nobody who signed the certificate of the registry {1}",
        (
            f"save its authority's certificate as /etc/docker/{CERTIFICATE_PLACE} "
            f"(~/.config/docker/{CERTIFICATE_PLACE} where the engine is rootless)"
        ),
    ),
    (
        r"(?:x509|failed to verify certificate): (?:x509: )?(.+)",
        *(Kind.FINAL, "the engine does not accept the registry's certificate, {1}"),
        "have it renewed, or set this machine's clock right",
    ),
    (
        rf"{STATUS}(40[13]\b[^:]*)",
        *(Kind.FINAL, "the registry wants a login for it, or does not have it, {1}", LOGIN),
    ),
    (
        rf"{STATUS}(429\b[^:]*)|toomanyrequests: .*",
        *(Kind.PASSING, "the registry allows no more pulls for now, {bare}", "wait, or log in to it"),
    ),
    (rf"{STATUS}((?:408|5\d\d)\b[^:]*)", Kind.PASSING, "the registry is broken, {1}", LATER),
    (rf"{STATUS}(\d\d\d\b[^:]*)", Kind.FINAL, "the registry refuses it, {1}", ANOTHER),
    (
        r"\b(?:unauthorized|denied|insufficient_scope|no basic auth credentials)\b",
        *(Kind.FINAL, "the registry wants a login for it, or does not have it", LOGIN),
    ),
    # Of a layer the engine tells the registry's own words, without their number.
    (r"error from registry: ([^,]*)", Kind.PASSING, "the registry breaks off half-way, {1}", LATER),
    (
        r"unexpected media type \S+|malformed HTTP response .*|server gave HTTP response to HTTPS client",
        *(Kind.FINAL, "what answers is no registry, {0}", "see who answers at its address"),
    ),
    (r"no match(?:ing manifest)? for ", Kind.FINAL, "the registry does not have it for this platform", ANOTHER),
    (r"\bnot found\b|manifest unknown", Kind.FINAL, "the registry does not have it", ANOTHER),
    (
        (
            r"\bEOF\b|connection reset|broken pipe|short read|handshake timeout|Client\.Timeout|deadline exceeded"
            r"|i/o timeout|awaiting response headers|stream error|commit failed"
        ),
        *(Kind.PASSING, "the registry broke off, {bare}", LATER),
    ),
    (r"", Kind.FINAL, "it can't be pulled, {bare}", "see what the engine says of it"),
)
"""What engines say, the particular before the general: what it means, and the cause and the remedy as they are told.

A number in braces is that group of the pattern.
"""


def read(words: str) -> Refusal:
    """What the words of a `docker pull` that failed mean, all of them in one line."""
    words = words.strip() or "no reason given"
    for pattern, kind, cause, remedy in SAYINGS:
        if found := re.search(pattern, words):
            told = [found[0], *found.groups()]
            return Refusal(kind, cause.format(*told, bare=_bare(words)), remedy.format(*told))
    raise AssertionError("the last of them is everything else")


def silent(seconds: float) -> Refusal:
    """What it means that the registry said nothing at all."""
    return Refusal(Kind.PASSING, f"the registry says nothing within {seconds:.0f} s", LATER)


def late(seconds: float) -> Refusal:
    """What it means that the image had not come whole when time was up."""
    return Refusal(Kind.FINAL, f"it does not come within {seconds:.0f} s", "pull it by hand (`docker pull`)")


def _bare(words: str) -> str:
    """The engine's words without who says them, and of a request that failed only why: the rest is its address."""
    words = words.removeprefix("Error response from daemon: ")
    _, failed, reason = words.rpartition('": ')
    if status := re.search(rf"{STATUS}(.*)", reason):
        return status[1]
    return reason if failed else words
