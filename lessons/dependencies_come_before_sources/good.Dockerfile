FROM node:24-trixie-slim AS dev
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY . .

FROM plimsoll/rust-cli:prod
