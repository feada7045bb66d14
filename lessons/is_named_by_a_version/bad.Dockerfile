FROM plimsoll/rust-cli:prod
ARG VERSION=latest
LABEL org.opencontainers.image.version=$VERSION
