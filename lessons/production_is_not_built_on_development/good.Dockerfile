FROM plimsoll/rust-cli:prod AS base

FROM base AS dev
ENV RUST_BACKTRACE=full

FROM base AS prod
