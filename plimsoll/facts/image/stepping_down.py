"""Whether an image that starts as root hands its work to another user, as the entrypoints of official images do."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from plimsoll.facts.image import programs

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image

OTHER_USERS = {
    **dict.fromkeys(("apache2", "apache2-foreground", "httpd", "httpd-foreground"), "its `User`"),
    **dict.fromkeys(("nginx", "openresty", "angie", "freenginx"), "its `user`"),
    **dict.fromkeys(("dnsmasq", "haproxy", "named", "squid", "unbound", "varnishd"), "the user of its settings"),
    **dict.fromkeys(("dovecot", "master", "postfix", "sshd", "vsftpd"), "a user for each that it serves"),
    "php-fpm": "the `user` of its pools",
}
"""Servers that open their ports as root and serve as somebody else, by the name of their program."""

HANDS_OVER = re.compile(
    r"(?<![\w./-])((?:gosu|su-exec|setpriv|runuser|s6-setuidgid|chpst|setuser|setuidgid)(?![\w-])|capsh\s+(?=.*--user)"
    r"|chroot\s+--userspec\S*|su(?:\s+-[sgGT]\s+\S+|\s+-\S*)*\s+[a-z][\w-]*|sudo\s+(?:-\S+\s+)*-u|sudo\s+--user\S*"
    r"|(?:os|process|syscall|Process::Sys)\.set(?:re|res|e)?uid(?=\())"
)
"""What makes another user of a process: a program that starts another as somebody else, a call of the program's own."""

SUPERVISOR = re.compile(r"(?:command|package/admin)/s6-|usr/bin/s6-|etc/s6-overlay/")


def how(image: Image) -> str:
    """What makes another user of root before the work begins; empty where nothing is known to."""
    for word in image.entrypoint:
        name = posixpath.basename(word)
        if name in OTHER_USERS:
            return f"{name} serves as {OTHER_USERS[name]}"
        if found := programs.which(image, word) or image.find(posixpath.join(image.directory, word)):
            text = image.files[found.path][1].texts.get(found.path, "")
            if match := HANDS_OVER.search(re.sub(r"(?m)^\s*#.*", "", text)):
                return f"{found.shown} hands over with {match[1]}"
        if HANDS_OVER.fullmatch(name):
            return f"it is started with {name}"
    first = posixpath.basename(next(iter(image.entrypoint), ""))
    if first in {"init", "s6-svscan"} and any(SUPERVISOR.match(path) for path in image.files):
        return "s6 starts its services"
    return ""
