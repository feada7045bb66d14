"""Whether an image that starts as root hands its work to another user, as the entrypoints of official images do."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from plimsoll.facts.image import programs

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image

FOR_EACH = ("dovecot", "postfix", "sshd", "vsftpd")
"""Servers that stay root and take another user once somebody asks."""

OTHER_USERS = {
    **dict.fromkeys(("apache2", "apache2-foreground", "httpd", "httpd-foreground"), "its `User`"),
    **dict.fromkeys(("nginx", "openresty", "angie", "freenginx"), "its `user`"),
    **dict.fromkeys(("dnsmasq", "haproxy", "named", "squid", "unbound", "varnishd"), "the user of its settings"),
    **dict.fromkeys(FOR_EACH, "a user for each that it serves"),
    "php-fpm": "the `user` of its pools",
}
"""Servers that open their ports as root and serve as somebody else, by the name of their program."""

STARTS = re.compile(
    r"(?<![\w./-])((?:gosu|su-exec|setpriv|runuser|s6-setuidgid|chpst|setuser|setuidgid)(?![\w-])|capsh\s+(?=.*--user)"
    r"|chroot\s+--userspec\S*)"
    r"|(?:^|[;&|(]|\b(?:do|else|exec|then)\s)\s*"
    r"(su(?:\s+-[sgGT]\s+\S+|\s+-\S*)*\s+(?!root\b)[a-z][\w-]*|sudo\s+(?:-\S+\s+)*(?:-u|--user)[\s=](?!root\b)[\w-]+)",
    re.MULTILINE,
)
"""What a shell's script starts another program with, as another user; `su` is a word of other languages too."""

CALLS = re.compile(r"(?<![\w./-])((?:os|process|syscall|Process::Sys)\.set(?:re|res)?uid(?=\())")
"""What makes another user of a program itself, for good."""

PROGRAMS = re.compile(r"\.(?:py|m?js|rb|pl)$")
"""The names of texts that no shell reads."""

SUPERVISOR = re.compile(r"(?:command|package/admin)/s6-|usr/bin/s6-|etc/s6-overlay/")


def is_for_each(image: Image) -> bool:
    """Whether it starts a server that takes another user only once somebody asks."""
    return any(posixpath.basename(word) in FOR_EACH for word in image.entrypoint)


def how(image: Image) -> str:
    """What makes another user of root before the work begins; empty where nothing is known to."""
    for word in image.entrypoint:
        name = posixpath.basename(word)
        if name in OTHER_USERS:
            return f"{name} serves as {OTHER_USERS[name]}"
        if found := programs.which(image, word) or image.find(posixpath.join(image.directory, word)):
            text = image.files[found.path][1].texts.get(found.path, "")
            ways = CALLS if PROGRAMS.search(found.path) else STARTS
            if match := ways.search(re.sub(r"(?m)^\s*#.*", "", text)):
                return f"{found.shown} hands over with {match[1] or match[2]}"
    if match := STARTS.search(" ".join(image.entrypoint)):
        return f"it is started with {match[1] or match[2]}"
    first = posixpath.basename(next(iter(image.entrypoint), ""))
    if first in {"init", "s6-svscan"} and any(SUPERVISOR.match(path) for path in image.files):
        return "s6 starts its services"
    return ""
