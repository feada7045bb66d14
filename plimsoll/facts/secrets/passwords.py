"""Passwords that stand where passwords do: in addresses, headers, connection strings, options, before a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll.facts.secrets import examples, names
from plimsoll.facts.secrets.tokens import HIDDEN, Found

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_ADDRESS = "a password in an address"
IN_CONNECTION = "a password in a connection string"
IN_COMMAND = "a password in a command"

LOGIN_IN_ADDRESS = rb"(?i)\b[a-z][a-z0-9+.-]{0,30}://[^\s:/@'\"]{0,100}:([^\s/@'\"]{1,200})@(?!sha(?:256|512):)"
"""A password in an address; a digest stands behind an `@`, too."""

_QUERY = (
    rb"(?i)\bjdbc:[^\s'\"]{3,200}?[?&;](?:password|pwd|sslpassword)=([^\s/&;'\"][^\s&;'\"]{0,199})"
    rb"|\bjdbc:oracle:thin:[\w.-]{1,60}/([^\s@/'\"]{1,200})@"
    rb"|\b[a-z][a-z0-9+.-]{1,30}://[^\s?'\"]{3,200}\?(?:[^\s'\"&]*&)*(?:password|pwd|passwd)=([^\s/&;'\"][^\s&;'\"]{0,199})"
)
"""A password behind an address: as JDBC has it, as PostgreSQL's and others' addresses may."""

_DSN = rb"(?<![\w/.-])[\w.-]{1,60}:([^\s@/'\"]{1,200})@(?:tcp|unix|udp)\("
"""A data source of Go's driver for MySQL."""

_PASSWORD = (
    rb"(?i)(?<![\w.-])(?:password|pwd|passwd|sharedaccesskey|accountkey)\s*=\s*(?![\"']?/)"
    rb"(?:'([^'\n]{1,200})'|\\?\"([^\"\n]{1,200}?)\\?\"|([^\s;,'\"()&|\[\]]{1,200})(?![^\s;'\"&|]))"
)
_PLACE = (
    rb"(?i)(?<![\w.-])(?:host|hostaddr|server|data source|addr|address|endpoint|user|user id|uid|username|dbname"
    rb"|database|initial catalog|accountname|sharedaccesskeyname)\s*=\s*[^\s=;]"
)
_BETWEEN = 200
"""Bytes around a keyword `password` in which a connection string says where it leads."""

_HEADER = rb"(?i)authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+([\w.~+/=-]{16,})"

_OPTION = r"(?<![\w-])--?([a-zA-Z][\w.-]{2,60})(?:=|\s+)[\"']?([^\s\"'-][^\s\"']{2,})"
_ALSO_OPTIONS = r"(?i)(?:require-?pass|master-?auth|(?:store|key|root|user)-?pass)"
"""Options for a password that no variable is called like: of redis-server, keytool and others."""

_TRUST = re.compile("(?i)trust")
"""What opens a store of certificates opens nothing that is secret; everybody calls it `changeit`."""

_ONE_DASH = r"-(?:D[\w.]+|[Pp]assword|(?:src|dest)?(?:store|key)pass)\b"
"""Options of one dash that are long all the same."""

_DESCRIBED = r"(?:id|type|src|source|env)=|(?:file|env|fd):"
"""How the value of an option begins that says where a secret is."""

_SHORT_OPTIONS = r"""(?x)(?<![\w-])(?:
      (?:curl|http|https|ab|wget)(?=\s)[^|;&\n]{0,300}?\s(?:-u|--user|-U|--proxy-user|-a|-A)[ =]?["']?[^\s:"'/]{1,80}:
    | (?:mysql|mysqladmin|mysqldump|mysqlcheck|mysqlimport|mysqlshow|mariadb|mariadb-admin|mariadb-dump)\b
      [^|;&\n]{0,300}?\s-p["']?(?=[^\s"'-])
    | (?:redis-cli|valkey-cli|keydb-cli)\b[^|;&\n]{0,300}?\s-a\s*["']?
    | sqlcmd\b[^|;&\n]{0,300}?\s-P\s*["']?
    | (?:mongo|mongosh|mongodump|mongorestore|cypher-shell|rabbitmqadmin|influx)\b[^|;&\n]{0,300}?\s-p\s+["']?
    | sshpass\s+-p\s*["']?
    | (?:docker|podman|helm|buildah|skopeo|oras|crane|nerdctl)\s[^|;&\n]{0,300}?login\b[^|;&\n]{0,300}?\s-p\s*["']?
    | ldap(?:search|add|modify|whoami|delete|passwd)\b[^|;&\n]{0,300}?\s-w\s*["']?
    | smbclient\b[^|;&\n]{0,300}?\s-U\s*["']?[^\s%"']{1,80}%
    | openssl\s[^|;&\n]{0,300}?\s-pass(?:in|out)?\s+["']?pass:
    )([^\s"'|;&]{2,200})"""
"""What programs call their password where it has no name of its own: behind a letter, behind a user."""

_GIVEN = r"(?:^|[\s;&|(\"'`])(?:(export|-e|--env)[ =])?[\"']?([A-Za-z_]\w{2,80})=[\"']?([^\s\"'|;&()]{3,200})"
"""A variable that is set for a command."""

LONGEST = 256
"""Letters of a password."""

SHORTEST = 3
"""Letters of a password in what nothing uses."""


def told(content: bytes, *, in_use: bool) -> Iterator[Found]:
    """The passwords in a few bytes, wherever a program would take one from.

    Args:
        content: a line, a value, a small file.
        in_use: whether something uses it: there, a bad password is one all the same.

    """
    yield from in_addresses(content, in_use=in_use)
    yield from in_connections(content, in_use=in_use)
    if b"uthorization" in content.lower():
        yield from _found(_HEADER, content, "a login in a header", in_use=in_use)
    if b"-" in content or b"=" in content:
        yield from _in_command(content.decode(errors="replace"), in_use=in_use)


def in_addresses(content: bytes, *, in_use: bool) -> Iterator[Found]:
    """The passwords in addresses, and behind them."""
    if b"://" in content:
        yield from _found(LOGIN_IN_ADDRESS, content, IN_ADDRESS, in_use=in_use)
    if b"://" in content or b"jdbc:" in content:
        yield from _found(_QUERY, content, IN_ADDRESS, in_use=in_use)
    if b"@" in content and b"(" in content:
        yield from _found(_DSN, content, IN_ADDRESS, in_use=in_use)


def in_connections(content: bytes, *, in_use: bool) -> Iterator[Found]:
    """The passwords in strings of keywords, `host=db user=shop password=...` or `Server=db;Password=...`."""
    if b"=" not in content:
        return
    for match in re.finditer(_PASSWORD, content):
        begin, end = max(0, match.start() - _BETWEEN), match.end() + _BETWEEN
        around = content[begin : match.start()].rpartition(b"\n")[2], content[match.end() : end].partition(b"\n")[0]
        if any(re.search(_PLACE, each) for each in around) and _is_password(_value(match), in_use=in_use):
            yield Found(IN_CONNECTION, HIDDEN)


def _in_command(text: str, *, in_use: bool) -> Iterator[Found]:
    for option in re.finditer(_OPTION, text):
        name, value = option.groups()
        long = option[0].startswith("--") or re.match(_ONE_DASH, option[0])
        named = long and (names.is_secret(name) or re.fullmatch(_ALSO_OPTIONS, name)) and not _TRUST.search(name)
        if named and _is_secret(value, in_use=in_use) and not re.match(_DESCRIBED, value):
            yield Found(IN_COMMAND, HIDDEN)
    for match in re.finditer(_SHORT_OPTIONS, text):
        if _is_secret(match[1], in_use=in_use):
            yield Found(IN_COMMAND, HIDDEN)
    for match in re.finditer(_GIVEN, text):
        given = match[1] or match[2].isupper()
        if given and names.is_secret(match[2]) and _is_secret(match[3], in_use=in_use):
            yield Found(IN_COMMAND, HIDDEN)


def _found(expression: bytes, content: bytes, what: str, *, in_use: bool) -> Iterator[Found]:
    for match in re.finditer(expression, content):
        if _is_password(_value(match), in_use=in_use):
            yield Found(what, HIDDEN)


def _value(match: re.Match[bytes]) -> bytes:
    return next((each for each in match.groups() if each), b"")


def _is_password(word: bytes, *, in_use: bool) -> bool:
    return bool(word) and (in_use or len(word) >= SHORTEST) and examples.is_password(word, in_use=in_use)


def _is_secret(value: str, *, in_use: bool) -> bool:
    return not names.is_nothing(value) and _is_password(value.encode(errors="replace"), in_use=in_use)
