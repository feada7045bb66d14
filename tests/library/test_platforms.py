"""What is the same for every platform although it should not be, as far as a Dockerfile's text tells.

Each case is a Dockerfile. What a bad one is found for is in the comment that it begins with: the line, and a word.
"""

import shutil
import tarfile
from pathlib import Path

import pytest

from plimsoll.facts.build import platforms as builds
from plimsoll.facts.text import platforms
from plimsoll.parsing.dockerfile import Dockerfile

BAD = r"""
## declared above the first FROM only: 5: above the first FROM
ARG TARGETARCH
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## declared in another stage: 6: `other`
FROM busybox:1.37 AS other
ARG TARGETARCH
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## declared nowhere: 4: not declared in this stage
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## declared too late: 4: further down
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
ARG TARGETARCH
FROM scratch
COPY --from=build /out/app /app
## used in ENV: 4: TARGETARCH
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ENV GOARCH=${TARGETARCH}
RUN go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## used in an address: 2: TARGETARCH
FROM debian:13
ADD https://example.test/a-${TARGETARCH}.tgz /
## used in a heredoc: 2: empty
FROM debian:13
RUN <<EOF
set -e
curl -o /a https://x.test/$TARGETARCH
EOF
## used as a platform: 4: TARGETPLATFORM
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN xx --for $TARGETPLATFORM
FROM scratch
COPY --from=build /out/app /app
## with a default that never changes: 4: same for every platform
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN GOARCH=${TARGETARCH:-amd64} go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## a default hides it: 4: hides
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH=amd64
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## a default above hides it: 1: hides
ARG TARGETARCH=amd64
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## the last stage is the builder's: 6: debian:trixie-slim
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM --platform=$BUILDPLATFORM debian:trixie-slim
COPY --from=build /out/app /
## the last stage is built on the builder's: 1: the image itself
FROM --platform=${BUILDPLATFORM} debian:13 AS base
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM base
COPY --from=build /out/app /
## compiled for the builder: 4: compiles for the builder
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## compiled for the builder, with the argument declared: 5: go build
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN CGO_ENABLED=0 go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## compiled into a folder: 4: go build
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN go build -o bin/ ./...
FROM scratch
COPY --from=build /src/bin/app /app
## compiled where it stands: 4: go build
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN go build
FROM scratch
COPY --from=build /src/app /
## installed: 4: go install
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN go install .
FROM scratch
COPY --from=build /go/bin/app /
## compiled by cargo: 4: cargo build
FROM --platform=$BUILDPLATFORM rust:1.96-slim-trixie AS build
WORKDIR /src
COPY . .
RUN cargo build --release
FROM debian:13
COPY --from=build /src/target/release/app /app
## compiled by gcc: 2: gcc
FROM --platform=$BUILDPLATFORM debian:13 AS build
RUN gcc -o /app /app.c
FROM debian:13
COPY --from=build /app /app
## through another stage: 4: go build
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN go build -o /out/app .
FROM scratch AS files
COPY --from=build /out /
FROM alpine:3.22
COPY --from=files /app /app
## compiled for one: 4: GOARCH=amd64
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN GOARCH=amd64 go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## compiled for one by ENV: 4: GOARCH=amd64
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ENV GOARCH=amd64
RUN go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## compiled for one by cargo: 4: x86_64
FROM --platform=$BUILDPLATFORM rust:1.96-slim-trixie AS build
WORKDIR /src
COPY . .
RUN cargo build --release --target x86_64-unknown-linux-musl
FROM scratch
COPY --from=build /src/target/x86_64-unknown-linux-musl/release/app /app
## fetched for one: 7: amd64
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM debian:13
RUN curl -fsSLO https://example.test/tool/v1/tool-linux-amd64.tar.gz
COPY --from=build /out/app /app
## added for one: 7: tini-x86_64
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM debian:13
ADD https://example.test/tini-x86_64 /tini
COPY --from=build /out/app /app
"""

GOOD = r"""
## said only
FROM --platform=$BUILDPLATFORM busybox:1.37 AS build
RUN echo "on $BUILDPLATFORM for $TARGETPLATFORM" && true
FROM debian:13
## for one platform, and it says so
FROM debian:13
ARG TARGETPLATFORM
RUN test "${TARGETPLATFORM}" = linux/amd64
RUN curl -fsSLO https://example.test/tool/v1/tool-linux-amd64
## as it should be
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETOS TARGETARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## declared above as well
ARG TARGETARCH
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## declared in the stage below
FROM --platform=$BUILDPLATFORM golang:1.26 AS base
ARG TARGETARCH
FROM base AS build
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## in FROM
FROM debian:13 AS base-amd64
RUN true
FROM debian:13 AS base-arm64
RUN true
FROM base-$TARGETARCH
## a stage for each
FROM debian:13 AS get-amd64
RUN curl -fsSLO https://example.test/tool/v1/tool-linux-amd64
FROM debian:13 AS get-arm64
RUN curl -fsSLO https://example.test/tool/v1/tool-linux-arm64
FROM get-${TARGETARCH}
## for one platform
FROM golang:1.26 AS build
RUN GOARCH=amd64 go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
RUN curl -fsSLO https://example.test/tool/v1/tool-linux-amd64
## for one platform, with a default
FROM debian:13
RUN curl https://x.test/a-${TARGETARCH:-amd64}
## by the machine
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM debian:13
RUN case "$(uname -m)" in x86_64) curl -fsSLO https://example.test/tool/v1/tool-linux-amd64 ;; esac
## by dpkg
FROM --platform=$TARGETPLATFORM debian:13
RUN a=$(dpkg --print-architecture); [ "$a" != amd64 ] || curl -O https://x.test/a-amd64.tgz
## a fallback that is computed
FROM debian:13
ARG TARGETOS
RUN curl https://x.test/${TARGETARCH:-$(uname -m)}
## set by the step
FROM debian:13
RUN TARGETARCH=$(dpkg --print-architecture); echo $TARGETARCH
## an escaped dollar
FROM debian:13
RUN echo \$TARGETARCH
## a comment
FROM debian:13
# $TARGETARCH
RUN <<EOF
# $TARGETARCH
true
EOF
## the builder's own
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG BUILDARCH TARGETARCH
RUN curl https://x.test/protoc-$BUILDARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## the system
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETOS=linux
ARG TARGETARCH
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app
FROM scratch
COPY --from=build /out/app /app
## a tool of the builder's
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN go install example.test/gen@v1
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## a builder's tool fetched
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN curl -fsSLO https://example.test/tool/v1/tool-linux-amd64
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## certificates alone
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN go build -o /out/app .
FROM debian:13
COPY --from=build /etc/ssl/certs/ca.crt /etc/
## pages, not programs
FROM --platform=$BUILDPLATFORM node:24 AS build
WORKDIR /app
RUN npm ci && npm run build
FROM nginx:1.28
COPY --from=build /app/dist /usr/share/nginx/html
## a jar
FROM --platform=$BUILDPLATFORM maven:3.9 AS build
RUN mvn package
FROM eclipse-temurin:21-jre
COPY --from=build /target/app.jar /app.jar
## a last stage to develop in
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -ldflags="-s -w" -o /out/app .
FROM scratch AS prod
COPY --from=build /out/app /
FROM build AS dev
RUN go install example.test/air@v1
## by xx
FROM --platform=$BUILDPLATFORM xx:1.6 AS xx
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
COPY --from=xx / /
ARG TARGETPLATFORM
RUN xx-go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## cargo for a target
FROM --platform=$BUILDPLATFORM rust:1.96-slim-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN case $TARGETARCH in amd64) t=x86_64-unknown-linux-musl ;; arm64) t=aarch64-unknown-linux-musl ;; esac; c \
    argo build --target $t
FROM scratch
COPY --from=build /src/target /
## on each platform itself
FROM golang:1.26 AS build
ARG TARGETARCH
RUN go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
## both
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
RUN GOARCH=amd64 go build -o /out/amd64/app
RUN GOARCH=arm64 go build -o /out/arm64/app
FROM scratch
ARG TARGETARCH
COPY --from=build /out/$TARGETARCH/app /app
## cgo with a compiler for each
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN GOARCH=$TARGETARCH CC=aarch64-linux-gnu-gcc go build -o /out/app
FROM scratch
COPY --from=build /out/app /app
"""


def _cases(text):
    return [
        pytest.param(case.partition("\n")[2], *case.partition("\n")[0].split(": ")) for case in text.split("## ")[1:]
    ]


@pytest.mark.parametrize(("text", "why", "line", "word"), _cases(BAD))
def test_what_every_platform_gets_alike_is_found(text, why, line, word):
    found = dict(platforms.alike(Dockerfile(text)))
    assert list(found) == [int(line)], why
    assert word in found[int(line)]


@pytest.mark.parametrize(("text", "why"), _cases(GOOD))
def test_what_is_chosen_by_platform_is_right(text, why):
    assert list(platforms.alike(Dockerfile(text))) == [], why


@pytest.mark.parametrize(
    ("base", "step", "lines"),
    [
        ("golang:1.26", "RUN CGO_ENABLED=0 GOARCH=amd64 go build -o /app .", [2]),
        ("golang:1.26", "ENV GOOS=linux GOARCH=amd64\nRUN go build -o /app .", [2]),
        ("rust:1.96", "RUN cargo build --release --target x86_64-unknown-linux-musl", [2]),
        ("mcr.example/sdk:9.0", "RUN dotnet publish -c Release -r linux-x64 -o /app", [2]),
        ("golang:1.26", "RUN CGO_ENABLED=0 go build -o /app .", []),
        ("golang:1.26", "RUN GOARCH=amd64 go build -o /a . && GOARCH=arm64 go build -o /b .", []),
        ("golang:1.26", "RUN GOARCH=$(dpkg --print-architecture) go build -o /app .", []),
        ("--platform=linux/amd64 golang:1.26", "RUN GOARCH=amd64 go build -o /app .", []),
        ("golang:1.26", "ARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build -o /app .", []),
    ],
)
def test_what_compiles_for_one_processor_where_nobody_had_several_in_mind(base, step, lines):
    parsed = Dockerfile(f"FROM {base} AS build\n{step}\nFROM scratch\nCOPY --from=build /app /app\n")
    assert [line for line, _ in platforms.fixed(parsed)] == lines


BUILDERS = "FROM --platform=$BUILDPLATFORM busybox:1.37 AS build\nRUN true\n"


@pytest.mark.parametrize(
    ("text", "crosses"),
    [
        (f"{BUILDERS}FROM scratch\nCOPY --from=build /a /\n", True),
        (f"{BUILDERS}FROM build AS more\nRUN true\nFROM scratch AS base\nCOPY --from=more /a /\nFROM base\n", True),
        (f"{BUILDERS}FROM debian:13\nCOPY --from=build /a /\n", False),
        (f"{BUILDERS}FROM scratch\nCOPY --from=build / /\nRUN true\n", False),
        (f"{BUILDERS}FROM scratch\nCOPY --from=build /a /\nCOPY --from=debian:13 /b /\n", False),
        (f"{BUILDERS}FROM busybox:1.37 AS own\nRUN true\nFROM scratch\nCOPY --from=own /a /\n", False),
        ("FROM scratch\nCOPY . /\n", False),
    ],
)
def test_what_can_be_built_for_another_platform_without_running_anything_of_it(text, crosses):
    parsed = Dockerfile(text)
    assert platforms.crosses(parsed, parsed.last) == crosses


def test_a_program_for_another_processor_is_a_stranger(tmp_path):
    program = Path(shutil.which("env")).resolve()
    (tmp_path / "other").write_bytes(program.read_bytes()[:18] + b"\xf3" + program.read_bytes()[19:])
    (tmp_path / "other").chmod(0o755)
    (tmp_path / "text").write_text("env")
    with tarfile.open(tmp_path / "files.tar", "w") as archive:
        for file in (program, tmp_path / "other", tmp_path / "text"):
            archive.add(file, file.name)
    own = builds.elf.read(program.read_bytes()).architecture
    assert builds.strangers(tmp_path / "files.tar", own) == [("/other", "riscv64")]
