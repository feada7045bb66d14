FROM debian:trixie-slim AS dev
RUN install --directory --owner=1000 /data
USER 1000:1000

FROM plimsoll/rust-cli:prod
