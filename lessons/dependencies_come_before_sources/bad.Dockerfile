FROM node:24-trixie-slim AS dev
WORKDIR /src
# Every edit changes this layer, and npm installs everything again.
COPY . .
RUN npm ci

FROM plimsoll/rust-cli:prod
