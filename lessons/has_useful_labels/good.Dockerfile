FROM plimsoll/rust-cli:prod
ARG REVISION=5f2c9a1be07d4386a1c0f4d27e9b8365c1d0a4f2
LABEL org.opencontainers.image.revision=$REVISION
