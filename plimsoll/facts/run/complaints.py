"""What a program says that ends, or waits, because of what it was not given: nobody here knows what to give it."""

from __future__ import annotations

import re

PLACE = r"(?:/run/secrets|/var/run/secrets|/secrets?|/config|/conf|/data|/mnt|/certs?|/keys?)\b"
"""Where people mount what an image does not hold."""

VARIABLE = r"\b(?!ERR_|EXIT_|SIG)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b"
"""A name as variables of the environment have, and errors of Node.js too."""

LACK = (
    r"not (?:be )?(?:set|defined|found|provided|specified|given|configured|present)|unset|undefined|missing|required|"
    r"must be|needs? to be|is empty|cannot be (?:empty|blank)|can't be (?:empty|blank)|no value|please set|unbound|"
    r"mandatory|not been set|isn't set|wasn't set|null or not set|invalid"
)
LACKS = f"(?i:{LACK})"

SECRET = r"\b(?:password|passphrase|token|secret|api[ _-]?key|credentials?|licen[cs]e(?: key)?|eula)\b"  # noqa: S105 - none

WANTED = [
    # The shell's `${NAME:?}` and `set -u`, Python's os.environ["NAME"], and what others say of a variable.
    rf"{VARIABLE}:? .{{0,60}}?{LACKS}",
    rf"{LACKS}.{{0,60}}?{VARIABLE}",
    rf"(?i:^|: |please )(?i:set|define|export|provide|supply|specify|give)\b.{{0,20}}?{VARIABLE}",
    r"KeyError: ['\"][A-Z][A-Z0-9_]+['\"]",
    r"\w+: (?:unbound variable|parameter (?:null or )?not set)",
    r"^\s*field required\b",
    r"environment variables?\b.{0,80}?" + LACKS,
    LACKS + r".{0,80}?\benvironment variables?\b",
    r"\benv(?:ironment)? var(?:iable)?\b",
    r"(?:you (?:need|have|must) to|you must|please) (?:specify|provide|set|pass|supply|configure|accept)\b",
    rf"{SECRET}.{{0,60}}?(?:{LACK}|accept)",
    rf"{LACKS}.{{0,60}}?{SECRET}",
    # A service that it can't reach: its containers have no network but their own.
    r"\bE(?:NOTFOUND|AI_AGAIN|CONNREFUSED|HOSTUNREACH|NETUNREACH|TIMEDOUT)\b",
    r"could not translate host name|name or service not known|temporary failure in name resolution",
    r"no such host|unknown ?host|could(?: not|n't) resolve|can(?:not|'t) resolve|nodename nor servname|bad address",
    r"name does not resolve|failed to lookup address|getaddrinfo|server misbehaving|NXDOMAIN|SERVFAIL",
    r"connection (?:was )?refused|network is unreachable|no route to host|connection timed out|i/o timeout",
    r"could(?: not|n't) connect|can(?:not|'t) connect|unable to connect|failed to connect|connect(?:ion)? failed",
    r"waiting for .{0,40}\b(?:database|db|postgres\w*|mysql|mariadb|redis|mongo\w*|rabbit\w*|kafka|broker)\b",
    # A file that is mounted, not copied.
    rf"{PLACE}\S*['\"]?:? .{{0,40}}?(?:no such file|not found|does not exist|doesn't exist|missing)",
    rf"(?:no such file|not found|does not exist|enoent|can(?:no|')t (?:open|read)|missing).{{0,80}}?{PLACE}",
    r"\b(?:config(?:uration)?|settings|certificate|key) file\b.{0,60}?(?:not found|does not exist|no such|missing)",
    r"\b(?:no|missing) (?:config(?:uration)?|settings|certificate)\b",
    # Arguments.
    r"^\s*usage:|missing (?:required )?(?:argument|option|parameter|flag)s?\b|required (?:argument|option|flag)s?\b",
    r"following arguments are required|required arguments were not provided",
    # Devices and rights that somebody has to grant.
    r"/dev/(?:nvidia|dri|kvm|net/tun|fuse)\b|\bno (?:nvidia )?gpu\b|cuda.{0,40}(?:driver|device|initiali)",
    r"stdin is not a (?:tty|terminal)|not a tty\b|inappropriate ioctl",
]
"""As programs say it, each in words of its own, read in one line and in any case."""

NAMES = {index for index, each in enumerate(WANTED) if "[A-Z]" in each}

BROKEN = re.compile(
    r"permission denied|eacces|cannot find module|modulenotfounderror|no module named|importerror|classnotfound"
    r"|noclassdeffound|could not find or load main class|exec format error|error while loading shared libraries"
    r"|unable to access jarfile|syntaxerror|address already in use|read-only file system|segmentation fault"
    r"|cannot execute|bad interpreter|undefined symbol|cannot open shared object|version `?glibc",
    re.IGNORECASE,
)
"""What an image lacks, or does wrong: no variable makes up for it."""

_patterns = [re.compile(each, 0 if index in NAMES else re.IGNORECASE) for index, each in enumerate(WANTED)]


def wanted(said: str) -> str:
    """The line in which a program says that it was not given something; empty where it says nothing of the kind.

    Args:
        said: what it printed.

    """
    lines = said.splitlines()
    if any(BROKEN.search(line) for line in lines):
        return ""
    for line in reversed(lines):
        if any(pattern.search(line) for pattern in _patterns):
            return line.strip()
    return ""
