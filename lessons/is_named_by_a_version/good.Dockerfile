FROM plimsoll/rust-cli:prod
ARG VERSION=1.4.2
LABEL org.opencontainers.image.version=$VERSION
