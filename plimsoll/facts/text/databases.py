"""Which services of a compose file are databases, where their images keep the data, and which let everybody in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plimsoll import references
from plimsoll.facts.text import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plimsoll.composition import Composition

POSTGRES = {"postgres", "postgis", "pgvector", "timescaledb"}
DATA = {
    "mysql": "/var/lib/mysql",
    "mysql-server": "/var/lib/mysql",
    "mariadb": "/var/lib/mysql",
    "percona": "/var/lib/mysql",
    "mongo": "/data/db",
    "mongodb-community-server": "/data/db",
    "couchdb": "/opt/couchdb/data",
    "cassandra": "/var/lib/cassandra",
    "elasticsearch": "/usr/share/elasticsearch/data",
    "opensearch": "/usr/share/opensearch/data",
    "clickhouse": "/var/lib/clickhouse",
    "clickhouse-server": "/var/lib/clickhouse",
    "neo4j": "/data",
}
"""By the last part of the image's name; PostgreSQL's moved once, and is not here."""

CACHES = {"redis", "valkey", "memcached"}
OTHERS = CACHES | {"postgresql", "mongodb", "influxdb", "etcd", "cockroach", "timescaledb-ha", "arangodb", "rethinkdb"}
"""Those that are often no more than a cache, or keep their data in several ways."""

KEEPING = {"redis", "valkey"}
KEEPS = re.compile(r"--appendonly[\s=]+yes\b")
"""Which of them is told to keep what it holds, and how."""

OLD, NEW = "/var/lib/postgresql/data", "/var/lib/postgresql"
"""Where PostgreSQL's image declares its volume: up to version 17, and from 18 on."""

ELSEWHERE = {"bitnami", "bitnamilegacy", "bitnamisecure"}
"""Who publishes images of these names that keep their data under `/bitnami/NAME`."""

CLIENT = re.compile(
    r"(?<![\w-])(?:psql|pg_(?:dump|dumpall|restore|basebackup|isready)|createdb|mysql|mysqldump|mysqladmin|mariadb"
    r"|mariadb-(?:dump|admin)|mongo|mongosh|mongodump|mongorestore|redis-cli|valkey-cli|cqlsh|clickhouse-client)"
    r"(?![\w.-])"
)
SERVER = re.compile(
    r"(?<![\w-])(?:mysqld|mariadbd|mongod|(?:redis|valkey)-server|docker-entrypoint|postgres\s+-[cDk])\b"
)
"""What the same image is started with to be a client, and to be the server after all."""

OPEN = (
    ("POSTGRES_HOST_AUTH_METHOD", "trust", ""),
    ("MYSQL_ALLOW_EMPTY_PASSWORD", "", "MYSQL_ROOT_PASSWORD"),
    ("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "", "MARIADB_ROOT_PASSWORD"),
    ("MARIADB_ALLOW_EMPTY_PASSWORD", "", "MARIADB_ROOT_PASSWORD"),
    ("ALLOW_EMPTY_PASSWORD", "yes|true|1", ""),
    ("NEO4J_AUTH", "none", ""),
    ("xpack.security.enabled", "false", ""),
    ("ES_SETTING_XPACK_SECURITY_ENABLED", "false", ""),
    ("ALLOW_NONE_AUTHENTICATION", "yes|true|1", ""),
    ("DISABLE_SECURITY_PLUGIN", "true", ""),
    ("plugins.security.disabled", "true", ""),
    ("ARANGO_NO_AUTH", "1|true|yes", ""),
    ("INFLUXDB_HTTP_AUTH_ENABLED", "false", ""),
)
"""Variables that let everybody in, the values that do (empty for any), and one that shuts the door after all."""

OPENING = re.compile(
    r"(?<!\S)(?:--noauth|--skip-grant-tables|--insecure|--protected-mode\s+no|-[cE]\s*xpack\.security\.enabled=false)(?!\S)"
)
"""Options of servers that do the same."""

LOCKED = {
    **dict.fromkeys(("redis", "valkey"), re.compile(r"requirepass|aclfile|\.conf\b|REDIS_PASSWORD|REDIS_ARGS")),
    "mongo": re.compile(r"MONGO_INITDB_ROOT_USERNAME|--auth\b|--keyFile|--config|\.conf\b"),
    "memcached": re.compile(r"--enable-sasl|-S\b|--auth-file|-Y\b"),
}
"""What those say that ask nobody for a password unless they are told to."""


def of(composition: Composition) -> dict[str, str]:
    """The services that are databases, each with the image that tells it."""
    images = {name: services.image(composition, name) for name in composition.services}
    return {
        name: image
        for name, image in images.items()
        if references.parse(image).name in POSTGRES | DATA.keys() | OTHERS
        and name not in composition.jobs
        and not _is_client(composition, name)
    }


def _is_client(composition: Composition, service: str) -> bool:
    """Whether a service is a database's image that is told to do something else."""
    spec = composition.services[service]
    told = " ".join(line for key, line in services.commands(spec) if key in {"entrypoint", "command"})
    return CLIENT.search(told) is not None and not SERVER.search(told)


def data_paths(composition: Composition, service: str, image: str) -> set[str]:
    """The paths at which a database's volume can be mounted, none where they are not known."""
    said = references.parse(image)
    name, tag = said.name, said.tag
    if ELSEWHERE & set(said.repository.split("/")):
        return {f"/bitnami/{name}"} if name not in CACHES else set()
    if name in KEEPING:
        told = " ".join(line for _, line in services.commands(composition.services[service]))
        return {"/data"} if KEEPS.search(told) else set()
    if name not in POSTGRES:
        return {DATA[name]} if name in DATA else set()
    version = re.search(r"pg(\d+)", tag) or (re.match(r"(\d+)", tag) if name in {"postgres", "postgis"} else None)
    paths = {OLD, NEW} if version is None else {NEW} if int(version[1]) >= 18 else {OLD}
    if own := services.setting(composition, service, "PGDATA"):
        # Any folder above it will do, except one that is hidden by the volume that the image declares.
        above = services.mounted(composition.services[service]).keys()
        return {path for path in above - ({NEW} - paths) if f"{own}/".startswith(f"{path}/")} or {own}
    return paths


def doors(composition: Composition, service: str, image: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """What lets everybody into a database: where in the service that is written, and what it is."""
    spec = composition.services[service]
    name = references.parse(image).name
    for variable, values, lock in OPEN:
        value = services.setting(composition, service, variable)
        opens = re.fullmatch(values, value, re.IGNORECASE) if values else value
        locked = lock and any(services.setting(composition, service, f"{lock}{end}") for end in ("", "_FILE"))
        if opens and not locked and not (variable == "ALLOW_EMPTY_PASSWORD" and name in CACHES):
            yield ("environment", variable), f"lets everybody in without a password ({variable}={value})"
    lines = dict(services.commands(spec))
    for key in ("entrypoint", "command"):
        if opening := OPENING.search(lines.get(key, "")):
            yield (key,), f"lets everybody in without a password (`{opening[0]}`)"
    if spec.get("ports") and name in LOCKED:
        said = " ".join([*lines.values(), *(spec.get("environment") or {}), *services.mounted(spec)])
        if not LOCKED[name].search(said):
            yield ("ports",), f"publishes a port and asks nobody for a password, as {name} does unless it is told to"
