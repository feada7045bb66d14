FROM plimsoll/rust-cli:prod
# Every time zone of the world, where one is needed.
COPY --from=debian:trixie-slim /usr/share/zoneinfo /usr/share/zoneinfo
