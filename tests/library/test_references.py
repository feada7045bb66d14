"""Images' names come apart the same way wherever one is read."""

import pytest

from plimsoll import references
from plimsoll.commands import images
from plimsoll.commands.options import Options
from plimsoll.expectations import Expectations
from plimsoll.facts.text import databases
from plimsoll.inputs import with_tag
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.rules.compose import services as composed_services
from plimsoll.rules.dockerfile import stages
from plimsoll.rules.image import metadata

DIGEST = "sha256:" + "0a1b" * 16
NAMES = {
    "debian": ("debian", "debian", "", "", True),
    "debian:latest": ("debian", "debian", "latest", "", True),
    "debian:trixie-slim": ("debian", "debian", "trixie-slim", "", False),
    "mirror:5000/debian": ("mirror:5000/debian", "debian", "", "", True),
    "mirror:5000/team/debian:13": ("mirror:5000/team/debian", "debian", "13", "", False),
    f"debian@{DIGEST}": ("debian", "debian", "", DIGEST, False),
    f"mirror:5000/debian:latest@{DIGEST}": ("mirror:5000/debian", "debian", "latest", DIGEST, False),
}


@pytest.mark.parametrize("written", NAMES)
def test_a_name_comes_apart(written):
    repository, name, tag, digest, floats = NAMES[written]
    assert references.parse(written) == (repository, tag, digest)
    assert (references.parse(written).name, references.parse(written).floats) == (name, floats)


@pytest.mark.parametrize("written", NAMES)
def test_every_rule_about_names_agrees(written, made):
    floats = NAMES[written][-1]
    named = made.imagined()
    named.name = written
    told = {
        "an image": bool(metadata.is_named_by_a_version(named)),
        "a base": bool(stages.bases_have_a_fixed_tag(Dockerfile(f"FROM {written}\n"), [])),
    }
    assert set(told.values()) == {floats}


MOVING = """
node:lts node:lts-alpine node:current-slim node:alpine alpine:edge alpine:3 debian:stable debian:stable-slim debian:sid
nginx:mainline nginx:1 nginx:1-alpine nginx:stable-alpine3.22 ubuntu:rolling ubuntu:devel golang:alpine golang:1
golang:1-alpine golang:alpine3.22 python:slim python:3 python:3-slim python:3-slim-bookworm python:bookworm
python:rc-slim php:8 php:8-fpm-alpine ruby:3 rust:1 rust:slim-trixie redis:7 redis:alpine mariadb:11 mariadb:lts mongo:8
mysql:lts postgres:alpine busybox:musl busybox:stable maven:eclipse-temurin-21 gradle:jdk21 docker:dind
wordpress:php8.3-apache eclipse-temurin:jre arm64v8/python:3 registry.example.test:5000/python:3
registry.example.test/library/node:lts localhost:5000/golang:1 valkey/valkey:8 nginxinc/nginx-unprivileged:stable
registry.example.test/distroless/static:debug registry.example.test/distroless/base:nonroot jenkins/jenkins:lts-jdk21
team/app:stable team/app:main team/app:latest-alpine registry.example.test:5000/team/app:nightly
"""
FIXED = f"""
node:24 node:24-alpine node:24-trixie-slim node:jod-slim postgres:18 debian:13 debian:trixie-slim debian:trixie
debian:stable-20250101-slim ubuntu:24.04 ubuntu:noble ubuntu:noble-20250404 eclipse-temurin:21-jre openjdk:21-jdk-slim
python:3.13 python:3.13-slim-trixie python:3.14-rc golang:1.26rc1-alpine golang:tip-20250601 busybox:1.37-musl
redis:7.4-alpine php:8.4-fpm rust:1.96-slim-trixie tomcat:10.1-jdk21 maven:3.9-eclipse-temurin-21 gradle:8-jdk21
docker:28-dind amazonlinux:2023 fedora:42 buildpack-deps:trixie-scm archlinux:base-20250101.0.1 opensuse/leap:15.6
traefik:v3.5 team/python:3 registry.example.test/team/python:3 foo/bar:1 foo/bar:v2 foo/bar:1-alpine team/base:trixie
team/app:prod team/app:dev team/app:test team/app:main-3f2a9c1d team/app:stable-1.2.3 mssql/server:2022-latest
registry.example.test/distroless/static-debian12:nonroot registry.example.test/distroless/nodejs24-debian13:debug
registry.example.test:5000/node:24 python:3@{DIGEST} node:lts@{DIGEST} python:whatever
"""


class Composed:
    """What rules ask of a compose file about images."""

    jobs = frozenset()

    def __init__(self, **images):
        self.services = {name: {"image": image} for name, image in images.items()}

    def place(self, *_):
        return "compose.yaml:1"


def _told(name):
    yield bool(stages.bases_have_a_fixed_tag(Dockerfile(f"FROM {name}\n"), []))
    yield bool(stages.bases_have_a_fixed_tag(Dockerfile(f"FROM scratch\nCOPY --from={name} / /\n"), []))
    yield bool(stages.bases_have_a_fixed_tag(Dockerfile(f"ARG BASE={name}\nFROM ${{BASE}}\n"), []))
    yield bool(composed_services.services_use_fixed_tags(Composed(app=name)))


@pytest.mark.parametrize("name", MOVING.split())
def test_a_tag_that_goes_through_release_lines_moves(name):
    assert set(_told(name)) == {True}


@pytest.mark.parametrize("name", FIXED.split())
def test_a_release_line_or_what_is_not_known_is_fixed(name):
    assert set(_told(name)) == {False}


def test_a_base_is_judged_by_the_defaults_of_its_arguments():
    text = "ARG VERSION=3\nARG FLAVOUR=slim\nFROM python:${VERSION}-${FLAVOUR} AS app\nFROM app\nFROM node:$OPEN\n"
    (found,) = stages.bases_have_a_fixed_tag(Dockerfile(text), [])
    assert (found.place, "python:3-slim" in found.found) == ("Dockerfile:3", True)


def test_what_a_step_mounts_is_judged_like_a_base():
    text = "FROM debian:13\nRUN --mount=from=golang:1,target=/go true\n"
    assert [each.place for each in stages.bases_have_a_fixed_tag(Dockerfile(text), [])] == ["Dockerfile:2"]


@pytest.mark.parametrize("tag", ["", ":17", f":17@{DIGEST}", f"@{DIGEST}"])
@pytest.mark.parametrize("before", ["", "mirror:5000/", "mirror:5000/team/"])
def test_a_database_is_one_wherever_its_image_comes_from(before, tag):
    composed = Composed(data=f"{before}postgres{tag}", proxy=f"{before}nginx{tag}")
    assert set(databases.of(composed)) == {"data"}


def test_what_has_no_tag_has_the_latest():
    assert with_tag("mirror:5000/debian") == "mirror:5000/debian:latest"
    assert with_tag("debian:13") == "debian:13"
    assert with_tag(f"debian@{DIGEST}") == f"debian@{DIGEST}"


def test_an_image_without_a_name_is_known_by_its_id(made):
    named = made.imagined()
    for name in (DIGEST, "0a1b2c3d4e5f"):
        named.name = name
        assert metadata.is_named_by_a_version(named) == []


@pytest.mark.parametrize("tag", ["dev", "test", "debug", "1.4.0", "latest"])
@pytest.mark.parametrize("development", [False, True])
def test_an_image_that_is_named_is_judged_as_deployed_unless_told_otherwise(made, monkeypatch, tag, development):
    named = made.imagined("app", config={"Entrypoint": ["/app"]})
    monkeypatch.setattr(images.image, "read", lambda _: named)
    monkeypatch.setattr(images, "_is_here", lambda _: True)
    monkeypatch.setattr(images.engine, "info", dict)
    judged = images.named(f"shop:{tag}", Expectations(), Options(development=development))
    assert judged.production == (not development)
    assert judged.started


DEBUG = ["registry.example.test/distroless/static-debian13:debug", "team/base:debug-nonroot", "shop:1.4.0-debug"]


@pytest.mark.parametrize("base", DEBUG)
def test_a_base_to_debug_with_is_none_for_production(base):
    judge = stages.production_is_not_built_on_development
    for text in (f"FROM {base}\nCOPY app /\n", f"FROM {base} AS base\nFROM base AS prod\n"):
        (found,) = judge(Dockerfile(text))
        assert (found.place, base in found.found) == ("Dockerfile:1", True)
    for text in (f"FROM {base} AS debug\n", f"FROM {base} AS debug\nFROM debian:13\n", "FROM team/debug:1\n"):
        assert judge(Dockerfile(text)) == []
