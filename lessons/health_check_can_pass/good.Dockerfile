FROM debian:trixie-slim AS dev
HEALTHCHECK CMD ["curl", "--silent", "--fail", "http://localhost:8080/healthz"]

FROM plimsoll/rust-cli:prod
