FROM plimsoll/rust-cli:prod
LABEL org.opencontainers.image.documentation="https://example.org/plimsoll/probe"
