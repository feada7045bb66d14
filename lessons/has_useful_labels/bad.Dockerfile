FROM plimsoll/rust-cli:prod
ARG REVISION="last Friday's"
LABEL org.opencontainers.image.revision=$REVISION
