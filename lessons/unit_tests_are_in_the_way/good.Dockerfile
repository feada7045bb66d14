FROM node:24-trixie-slim AS test
WORKDIR /src
COPY *.js ./
RUN node --test
FROM plimsoll/rust-cli:prod
COPY add.js /add.js
