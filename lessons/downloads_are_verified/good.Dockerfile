FROM debian:trixie-slim AS tools
ADD --checksum=sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9 \
    https://example.org/install.sh /tmp/
RUN sh /tmp/install.sh

FROM plimsoll/rust-cli:prod
