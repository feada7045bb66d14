FROM debian:trixie-slim AS dev
# Only a shell knows what `||` means, and none reads an array.
HEALTHCHECK CMD ["curl", "--silent", "--fail", "http://localhost:8080/healthz", "||", "exit", "1"]

FROM plimsoll/rust-cli:prod
