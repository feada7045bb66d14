FROM plimsoll/rust-cli:prod
LABEL org.opencontainers.image.documentation="in the chart room"
