FROM plimsoll/rust-cli:prod
ARG CREATED=2026-11-20T17:30:00Z
LABEL org.opencontainers.image.created=$CREATED
