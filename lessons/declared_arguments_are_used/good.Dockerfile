FROM plimsoll/rust-cli:prod
ARG VERSION=1.0.0
LABEL org.opencontainers.image.version=$VERSION
