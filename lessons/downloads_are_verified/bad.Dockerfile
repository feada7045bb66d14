FROM debian:trixie-slim AS tools
RUN wget -qO /tmp/install.sh https://example.org/install.sh \
    && sh /tmp/install.sh

FROM plimsoll/rust-cli:prod
