"""Which services of a compose file are databases, and where their images keep the data."""

from __future__ import annotations

import re
from typing import Any

from plimsoll import references

POSTGRES = {"postgres", "postgis", "pgvector", "timescaledb"}
DATA = {
    "mysql": "/var/lib/mysql",
    "mariadb": "/var/lib/mysql",
    "percona": "/var/lib/mysql",
    "mongo": "/data/db",
    "couchdb": "/opt/couchdb/data",
    "cassandra": "/var/lib/cassandra",
    "elasticsearch": "/usr/share/elasticsearch/data",
    "opensearch": "/usr/share/opensearch/data",
    "clickhouse-server": "/var/lib/clickhouse",
    "neo4j": "/data",
}
"""By the last part of the image's name; PostgreSQL's moved once, and is not here."""

OTHERS = {"postgresql", "redis", "valkey", "memcached", "influxdb", "etcd"}
"""Those that are often no more than a cache, or keep their data in several ways."""

OLD, NEW = "/var/lib/postgresql/data", "/var/lib/postgresql"
"""Where PostgreSQL's image declares its volume: up to version 17, and from 18 on."""


def is_one(service: dict[str, Any]) -> bool:
    """Whether a service is a database, by its image's name."""
    return references.parse(service.get("image", "")).name in POSTGRES | DATA.keys() | OTHERS


def data_paths(service: dict[str, Any]) -> set[str]:
    """The paths at which a database's volume can be mounted, none where they are not known."""
    image = references.parse(service.get("image", ""))
    name, tag = image.name, image.tag
    if name not in POSTGRES:
        return {DATA[name]} if name in DATA else set()
    version = re.search(r"pg(\d+)", tag) or (re.match(r"(\d+)", tag) if name in {"postgres", "postgis"} else None)
    paths = {OLD, NEW} if version is None else {NEW} if int(version[1]) >= 18 else {OLD}
    if own := (service.get("environment") or {}).get("PGDATA"):
        # Any folder above it will do, except one that is hidden by the volume that the image declares.
        above = {mount["target"].rstrip("/") for mount in service.get("volumes") or []}
        return {path for path in above - ({NEW} - paths) if f"{own}/".startswith(f"{path}/")} or {own}
    return paths
