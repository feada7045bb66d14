FROM plimsoll/rust-cli:prod
ARG LOGIN=widgets:q7Tz-41-mKw
ENV DATABASE_URL=postgres://$LOGIN@database/widgets
