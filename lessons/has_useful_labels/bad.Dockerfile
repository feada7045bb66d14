FROM plimsoll/rust-cli:prod
ARG CREATED="last Friday"
LABEL org.opencontainers.image.created=$CREATED
