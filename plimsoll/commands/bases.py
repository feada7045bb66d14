"""Whether an image is there to be built on, or to be run: what is asked of a deployed one is not asked of a base."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll import references
from plimsoll.parsing import shell

if TYPE_CHECKING:
    from plimsoll.facts.image.image import Image

INTERPRETERS = {
    "erl", "ghci", "iex", "irb", "java", "jshell", "julia", "lua", "node", "perl", "php", "psql", "pwsh", "python",
    "python3", "R", "rakudo", "swift",
}  # fmt: skip
"""What an image starts that is there to be built on: started alone, it waits for somebody to type."""

INTERACTIVE = {"-a", "-de0", "-i", "-it", "-jar", "-l", "--login"}
"""What an interpreter is given that gives it no program yet."""

OFFICIAL = {
    "adminer", "almalinux", "alpine", "amazoncorretto", "amazonlinux", "archlinux", "buildpack-deps", "busybox",
    "caddy", "cassandra", "clojure", "composer", "couchdb", "dart", "debian", "docker", "eclipse-mosquitto",
    "eclipse-temurin", "elasticsearch", "elixir", "erlang", "fedora", "ghost", "golang", "gradle", "groovy", "haproxy",
    "haskell", "httpd", "ibmjava", "influxdb", "jetty", "joomla", "julia", "kibana", "kong", "logstash", "mariadb",
    "maven", "memcached", "mongo", "mongo-express", "mysql", "nats", "neo4j", "nextcloud", "nginx", "node", "openjdk",
    "oraclelinux", "perl", "php", "phpmyadmin", "postgres", "pypy", "python", "r-base", "rabbitmq", "rakudo-star",
    "redis", "registry", "rethinkdb", "rockylinux", "ruby", "rust", "sapmachine", "solr", "sonarqube", "spark",
    "storm", "swift", "telegraf", "tomcat", "tomee", "traefik", "ubuntu", "unit", "valkey", "varnish", "vault",
    "wordpress", "zookeeper",
}  # fmt: skip
"""The names of the Docker Official Images, by the folders of docker-library/official-images: others build on them,
whatever they start by themselves, and whoever only runs them did not make them."""

LIBRARY = "library"
"""The namespace of the official images, which a mirror keeps in their addresses."""


def is_one(facts: Image) -> bool:
    """Whether an image is there to be built on: it runs nothing, only waits for somebody to type, or is official."""
    return _waits(facts.entrypoint) or is_official(facts.name)


def is_official(name: str) -> bool:
    """Whether a name is that of an official image, here or in a mirror; an organisation's own of that name is not."""
    *namespaces, last = references.parse(name).repository.split("/")
    return last in OFFICIAL and (not namespaces or namespaces[-1] == LIBRARY)


def _waits(command: list[str]) -> bool:
    """Whether what is started waits for somebody to type, or for the program that it was not given."""
    words = [Path(word).name for word in command]
    if len(words) > 1 and "entrypoint" in words[0]:
        # It hands over to what follows it.
        words = words[1:]
    known = shell.SHELLS | INTERPRETERS
    return not words or (words[0] in known and INTERACTIVE.issuperset(words[1:]))
