FROM plimsoll/rust-cli:prod
LABEL org.opencontainers.image.authors="crew@example.org"
