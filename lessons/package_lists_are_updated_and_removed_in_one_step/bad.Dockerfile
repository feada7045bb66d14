FROM debian:trixie-slim AS build
# From the cache for months: then the lists name versions that the mirror no longer has.
RUN apt-get update
WORKDIR /src
RUN apt-get install -y --no-install-recommends gcc \
    && rm -rf /var/lib/apt/lists/*

FROM plimsoll/rust-cli:prod
