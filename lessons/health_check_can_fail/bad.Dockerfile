FROM debian:trixie-slim AS dev
# curl is content with any answer, a 500 too.
HEALTHCHECK CMD ["curl", "--silent", "http://localhost:8080/healthz"]

FROM plimsoll/rust-cli:prod
